// The list of the recordings that are still in this browser.

import { beforeEach, expect, test, vi } from 'vitest';
import {
  forgetKept,
  isOldFile,
  KEPT_MS_MAX,
  type KeptRecording,
  listKept,
  noteKept,
  sortKept,
} from '../src/room/classroom/kept-recordings';

const store = new Map<string, string>();
const kept = (file: string, lesson = 'tutor a', madeMs = 0): KeptRecording => ({
  file,
  lesson,
  madeMs,
  name: `${file}, saved`,
});

beforeEach(() => {
  store.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  });
});

test('what is noted is listed until it is forgotten', () => {
  noteKept(kept('1'));
  noteKept(kept('2'));
  expect(listKept()).toEqual([kept('1'), kept('2')]);

  forgetKept(kept('1'));
  forgetKept(kept('2'));
  expect(listKept()).toEqual([]);
  expect(store.size).toBe(0);
});

test('the list has a bound', () => {
  for (let number = 0; number < 50; number += 1) noteKept(kept(`${number}`));

  expect(listKept().map(({ file }) => file)).toEqual(
    Array.from({ length: 20 }, (_, place) => `${place + 30}`),
  );
});

test('only the same lesson is offered what it made, and what is a day old is offered to nobody', () => {
  const list = [
    kept('1'),
    kept('2', 'student a'),
    kept('3', 'tutor a', -1),
    kept('4', 'tutor a', 3 * KEPT_MS_MAX),
  ];

  expect(sortKept(list, 'tutor a', KEPT_MS_MAX)).toEqual({ own: [kept('1')], old: [list[2], list[3]] });
});

test.each(['', '{}', 'null', '[1, null, {"file": 1}]', '[{"lesson": "a", "file": "b"}]'])(
  'rubbish is no recording: %j',
  (text) => {
    store.set('langdao:recordings', text);

    expect(listKept()).toEqual([]);
  },
);

test('where nothing may be kept, nothing is listed', () => {
  vi.stubGlobal('localStorage', undefined);
  noteKept(kept('1'));

  expect(listKept()).toEqual([]);
});

test.each([
  ['1.webm', true],
  ['86400000.mp4', false],
  ['172800001.webm', false],
  ['259200001.webm', true],
  ['notes.txt', true],
])('a file is a day old by its name: %s', (name, isOld) => {
  expect(isOldFile(name, 2 * KEPT_MS_MAX)).toBe(isOld);
});
