// One lesson's tools as a whole, on two pages that each keep a copy.

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Classroom, type ClassroomStatus } from '../src/classroom/classroom';
import { FakeWire } from './fake-channel';
import { until } from './until';

const classrooms: Classroom[] = [];

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});

afterEach(() => {
  for (const each of classrooms.splice(0)) each.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(lesson: string): { classroom: Classroom; shown: ClassroomStatus[]; text: () => string } {
  const shown: ClassroomStatus[] = [];
  const classroom = new Classroom(lesson, Date.now, (status) => shown.push(status));
  classrooms.push(classroom);
  return { classroom, shown, text: () => classroom.doc.getText('notes').toString() };
}

/** Write *text* in the lesson, and wait until it is kept. */
async function keep(lesson: string, text: string): Promise<void> {
  open(lesson).classroom.doc.getText('notes').insert(0, text);
  await until(async () => {
    const again = open(lesson);
    await again.classroom.restored;
    expect(again.text()).toBe(text);
  });
}

test('a page that is opened again has what it had, also what was written before the store was open', async () => {
  await keep('lesson', 'hola');
});

test('what this page had kept reaches a page that it has met meanwhile', async () => {
  await keep('lesson', 'kept');

  const wire = new FakeWire(0);
  const [back, other] = [open('lesson'), open('the other’s copy')];
  back.classroom.use(wire.ends[0]);
  other.classroom.use(wire.ends[1]);
  wire.open();

  await until(() => expect(other.text()).toBe('kept'));
});

test('a browser that keeps nothing says so once, and the tools work', async () => {
  vi.stubGlobal('indexedDB', undefined);
  const wire = new FakeWire(0);
  const [one, other] = [open('a'), open('b')];
  one.classroom.use(wire.ends[0]);
  other.classroom.use(wire.ends[1]);
  wire.open();
  one.classroom.doc.getText('notes').insert(0, 'hola');

  await until(() => expect(other.text()).toBe('hola'));
  expect(one.shown.map(({ notices }) => notices)).toEqual([['unkept']]);
});

test('after five seconds alone the page says so, and takes it back when the other is there', () => {
  vi.useFakeTimers();
  const one = open('a');
  vi.advanceTimersByTime(5_000);
  expect(one.classroom.status.isMissing).toBe(true);

  const wire = new FakeWire(10);
  const other = open('b');
  one.classroom.use(wire.ends[0]);
  other.classroom.use(wire.ends[1]);
  wire.open();
  vi.advanceTimersByTime(1_000);

  expect(one.classroom.status.isMissing).toBe(false);
});
