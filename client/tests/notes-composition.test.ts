// A word that is being composed: the other's edits wait for its end, and nothing waits for ever.

import { IDBFactory } from 'fake-indexeddb';
import type { Plugin } from 'prosemirror-state';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Classroom } from '../src/classroom/classroom';
import { COMPOSING_MS_MAX, holdWhileComposing } from '../src/classroom/notes-composition';
import { FakeWire } from './fake-channel';
import { openNotes } from './notes-page';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function make(hold: (isHeld: boolean) => void) {
  const plugin: Plugin = holdWhileComposing(hold);
  const view = plugin.spec.view?.({} as never);
  const handlers = plugin.props.handleDOMEvents as Record<string, (() => void) | undefined>;
  return { fire: (name: string) => handlers[`composition${name}`]?.(), destroy: () => view?.destroy?.() };
}

test('one hold and one release a composition, the release a little after its end', () => {
  const heard: boolean[] = [];
  const { fire } = make((isHeld) => heard.push(isHeld));
  fire('start');
  fire('update');
  fire('end');

  expect(heard).toEqual([true]);

  vi.advanceTimersByTime(200);

  expect(heard).toEqual([true, false]);
});

test('a word right after the last one holds on', () => {
  const heard: boolean[] = [];
  const { fire } = make((isHeld) => heard.push(isHeld));
  fire('start');
  fire('end');
  fire('start');
  vi.advanceTimersByTime(1_000);

  expect(heard).toEqual([true]);
});

test('who stops in the middle of a word, or leaves, holds nobody up', () => {
  const heard: boolean[] = [];
  const { fire, destroy } = make((isHeld) => heard.push(isHeld));
  fire('start');
  vi.advanceTimersByTime(COMPOSING_MS_MAX);

  expect(heard).toEqual([true, false]);

  fire('update');
  destroy();

  expect(heard).toEqual([true, false, true, false]);
});

test('what both write meanwhile is there afterwards, on both pages', () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  const [one, other] = ['one', 'other'].map((name) =>
    openNotes(new Classroom(name, Date.now, () => undefined)),
  );
  if (!one || !other) throw new Error('two pages');
  const wire = new FakeWire(5);
  one.classroom.use(wire.ends[0]);
  other.classroom.use(wire.ends[1]);
  wire.open();
  vi.advanceTimersByTime(3_000);
  one.view.type('日');
  vi.advanceTimersByTime(100);

  one.classroom.hold(true);
  other.view.select(1);
  other.view.type('今');
  one.view.type('本');
  vi.advanceTimersByTime(1_000);

  expect(one.shown()).toBe('doc(paragraph("日本"))');
  expect(other.shown()).toBe('doc(paragraph("今日本"))');

  one.classroom.hold(false);

  expect(one.shown()).toBe(other.shown());
  one.classroom.stop();
  other.classroom.stop();
});
