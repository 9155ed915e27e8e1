// The other person's caret: where it is shown, and what becomes of bytes that are none.

import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import type { DecorationSet } from 'prosemirror-view';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Classroom } from '../src/classroom/classroom';
import { showCaret } from '../src/classroom/notes-caret';
import { FakeWire } from './fake-channel';
import { type NotesPage, openNotes } from './notes-page';

let pages: [NotesPage, NotesPage];
let wire: FakeWire;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('indexedDB', new IDBFactory());
  pages = [open('one'), open('other')];
  wire = connect();
});

afterEach(() => {
  for (const { classroom } of pages) classroom.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(lesson: string): NotesPage {
  const page = openNotes(new Classroom(lesson, Date.now, () => undefined));
  page.classroom.onCaret = (caret) => showCaret(page.view.asView(), caret);
  return page;
}

function connect(): FakeWire {
  const made = new FakeWire(5);
  pages[0].classroom.use(made.ends[0]);
  pages[1].classroom.use(made.ends[1]);
  made.open();
  vi.advanceTimersByTime(3_000);
  return made;
}

/** Where *page* shows the other's caret and what they have selected. */
function shownOn({ view }: NotesPage): readonly [number, number][] {
  const found = view.state.plugins
    .map((plugin) => plugin.props.decorations?.call(plugin, view.state) as DecorationSet | null | undefined)
    .flatMap((set) => set?.find() ?? []);
  return found.map(({ from, to }) => [from, to]);
}

function write(page: NotesPage, text: string): void {
  page.view.isFocused = true;
  page.view.type(text);
  vi.advanceTimersByTime(100);
}

test('the caret of who writes is where they write, and moves with what is written before it', () => {
  const [one, other] = pages;
  write(one, 'hola');

  expect(shownOn(other)).toEqual([[5, 5]]);

  other.view.select(1);
  write(other, '¡¡');

  expect(shownOn(other)).toEqual([[7, 7]]);
});

test('what is selected is shown, too', () => {
  const [one, other] = pages;
  write(one, 'hola');
  one.view.select(4, 2);
  vi.advanceTimersByTime(100);

  expect(shownOn(other)).toEqual([
    [2, 2],
    [2, 4],
  ]);
});

test('the caret goes when the connection goes, and is back with it', () => {
  const [one, other] = pages;
  write(one, 'hola');
  wire.cut(true);

  expect(shownOn(other)).toEqual([]);
  expect(other.classroom.theirCaret.byteLength).toBe(0);

  connect();

  expect(shownOn(other)).toEqual([[5, 5]]);
  expect(other.classroom.theirCaret).toEqual(one.carets[one.carets.length - 1]);
});

test('who leaves the notes has no caret in them', () => {
  const [one, other] = pages;
  write(one, 'hola');
  one.view.isFocused = false;
  one.view.dom.dispatchEvent(new Event('focusout'));
  vi.advanceTimersByTime(100);

  expect(shownOn(other)).toEqual([]);
});

test('whatever bytes come, nothing is thrown, and no caret is outside the text', () => {
  const [one, other] = pages;
  write(one, 'hola');
  const caret = one.carets[one.carets.length - 1] ?? new Uint8Array();
  const changed = fc.tuple(fc.nat(caret.byteLength - 1), fc.nat(255)).map(([place, value]) => {
    const bytes = caret.slice();
    bytes[place] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 60 })), (bytes) => {
      showCaret(other.view.asView(), bytes);
      for (const [from, to] of shownOn(other)) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(other.view.state.doc.content.size);
      }
    }),
    { numRuns: 500 },
  );
});

test('a place in a part of the document that there is not is none, and makes no such part', () => {
  const [one, other] = pages;
  write(one, 'hola');
  const { doc } = other.classroom;
  const parts = [...doc.share.keys()];
  for (const name of ['elsewhere', '__proto__', 'board', 'notes']) {
    const place = Y.encodeRelativePosition(new Y.RelativePosition(null, name, null));

    showCaret(other.view.asView(), Uint8Array.of(place.byteLength, ...place, ...place));

    expect(shownOn(other)).toEqual(name === 'notes' ? [[6, 6]] : []);
  }
  expect([...doc.share.keys()]).toEqual(parts);
});
