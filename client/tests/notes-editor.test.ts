// The shared notes as two pages keep them: whatever both write and however often the line breaks, both have the same to the byte.

import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Classroom } from '../src/classroom/classroom';
import { ACTIONS, type ActionName } from '../src/classroom/notes-commands';
import { schema } from '../src/classroom/notes-schema';
import { DEPTH_MAX, NOTES_SIZE_MAX } from '../src/classroom/notes-values';
import { FakeWire } from './fake-channel';
import { type NotesPage, openNotes } from './notes-page';

const pages: NotesPage[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('indexedDB', new IDBFactory());
});

afterEach(() => {
  for (const { classroom } of pages.splice(0)) classroom.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(lesson: string): NotesPage {
  const page = openNotes(new Classroom(lesson, Date.now, () => undefined));
  pages.push(page);
  return page;
}

function connect(one: NotesPage, other: NotesPage): FakeWire {
  const wire = new FakeWire(5);
  one.classroom.use(wire.ends[0]);
  other.classroom.use(wire.ends[1]);
  wire.open();
  return wire;
}

function meet(): [NotesPage, NotesPage] {
  const both: [NotesPage, NotesPage] = [open('one'), open('other')];
  connect(...both);
  vi.advanceTimersByTime(3_000);
  return both;
}

/** The document to the byte, without what a page keeps of deleted text to undo it. */
function bytesOf({ classroom }: NotesPage): Uint8Array {
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(classroom.doc));
  return Y.encodeStateAsUpdate(fresh);
}

test('two who write in one paragraph at once both find all of it', () => {
  const [one, other] = meet();
  one.view.type('the cat sleeps');
  vi.advanceTimersByTime(100);

  one.view.select(1);
  one.view.type('yes, ');
  other.view.select(15);
  other.view.type(' soundly');
  vi.advanceTimersByTime(100);

  expect(one.shown()).toBe('doc(paragraph("yes, the cat sleeps soundly"))');
  expect(other.shown()).toBe(one.shown());
});

test('undo takes back what one wrote oneself, and leaves what the other wrote', () => {
  const [one, other] = meet();
  one.view.type('mine');
  vi.advanceTimersByTime(1_000);
  other.view.select(5);
  other.view.type(' theirs');
  vi.advanceTimersByTime(1_000);

  ACTIONS.undo.run(one.view.state, one.view.dispatch);
  vi.advanceTimersByTime(100);

  expect(other.shown()).toBe('doc(paragraph(" theirs"))');

  ACTIONS.redo.run(one.view.state, one.view.dispatch);
  vi.advanceTimersByTime(100);

  expect(other.shown()).toBe('doc(paragraph("mine theirs"))');
});

interface Step {
  readonly who: 0 | 1;
  readonly what: ActionName | 'type' | 'enter' | 'delete' | 'cut' | 'mend' | 'wait';
  readonly at: number;
  readonly length: number;
}

const STEPS = fc.array(
  fc.record({
    who: fc.constantFrom(0 as const, 1 as const),
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('type' as const, 'enter' as const, 'delete' as const) },
      { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(ACTIONS) as ActionName[])) },
      { weight: 3, arbitrary: fc.constantFrom('cut' as const, 'mend' as const, 'wait' as const) },
    ),
    at: fc.nat(200),
    length: fc.nat(12),
  }),
  { maxLength: 50 },
);

function edit({ view }: NotesPage, { what, at, length }: Step): void {
  const { size } = view.state.doc.content;
  view.select(Math.min(at, size), Math.min(at + length, size));
  if (what === 'type') view.type(`é${at} `);
  else if (what === 'enter') view.dispatch(view.state.tr.split(view.state.selection.from));
  else if (what === 'delete') view.dispatch(view.state.tr.deleteSelection());
  else if (what in ACTIONS) ACTIONS[what as ActionName].run(view.state, view.dispatch);
}

test('whatever both do, however often the line breaks, both end with the same notes to the byte', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const both: [NotesPage, NotesPage] = [open('one'), open('other')];
      let wire = connect(...both);
      for (const step of steps) {
        if (step.what === 'cut') wire.cut(step.at % 2 === 0);
        else if (step.what === 'mend') wire = connect(...both);
        else if (step.what === 'wait') vi.advanceTimersByTime(step.at * 10);
        else edit(both[step.who], step);
      }
      connect(...both);
      vi.advanceTimersByTime(30_000);

      const [one, other] = both;
      expect(bytesOf(one)).toEqual(bytesOf(other));
      expect(one.shown()).toBe(other.shown());
      one.view.state.doc.check();
      for (const page of pages.splice(0)) page.classroom.stop();
    }),
    { numRuns: 60 },
  );
});

test('what would make the notes longer than they may be is refused and told; what is there can be changed', () => {
  const page = open('one');
  const whole = schema.text('a'.repeat(NOTES_SIZE_MAX - 2));
  page.view.dispatch(page.view.state.tr.insert(1, whole));
  page.view.type('b');

  expect(page.view.state.doc.content.size).toBe(NOTES_SIZE_MAX);
  expect(page.full).toEqual([true]);

  page.view.select(1, 3);
  page.view.type('b');

  expect(page.view.state.doc.content.size).toBe(NOTES_SIZE_MAX - 1);
});

test('quotations stand in each other only so deep that the other page keeps them', () => {
  const [one, other] = meet();
  one.view.type('deep');
  for (let depth = 0; depth <= DEPTH_MAX; depth += 1)
    one.view.dispatch(one.view.state.tr.wrap(rangeOf(one), [{ type: schema.nodes.blockquote }]));
  vi.advanceTimersByTime(1_000);

  expect(one.full.length).toBeGreaterThan(0);
  expect(other.shown()).toContain('"deep"');
  expect(other.shown()).toBe(one.shown());
});

function rangeOf({ view }: NotesPage) {
  const range = view.state.selection.$from.blockRange();
  if (!range) throw new Error('no range');
  return range;
}
