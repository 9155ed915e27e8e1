// Whether one reads the other's captions, also after a reload.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const fake = vi.hoisted(() => ({ isShown: true, link: { room: 'lesson' } }));
vi.mock('../src/theme/apply-theme', () => ({ isShown: () => fake.isShown }));
vi.mock('../src/room/store/room-store', () => ({ link: fake.link }));

const { hasCaptions, isReading, readCaptions, resumeReading } = await import(
  '../src/room/store/caption-reading'
);
const kept = new Map<string, string>();

/** A new page of the same tab. */
function reload(room = 'lesson'): void {
  isReading.value = false;
  fake.link.room = room;
  resumeReading();
}

beforeEach(() => {
  kept.clear();
  fake.link.room = 'lesson';
  isReading.value = false;
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

afterEach(() => vi.unstubAllGlobals());

test('who reads reads on after a reload, in this lesson alone', () => {
  readCaptions(true);
  reload();
  expect(isReading.value).toBe(true);

  reload('another');
  expect(isReading.value).toBe(false);
});

test('who has closed them finds them closed', () => {
  readCaptions(true);
  readCaptions(false);
  reload();

  expect(isReading.value).toBe(false);
});

test('where storage is forbidden they open all the same', () => {
  vi.stubGlobal('sessionStorage', undefined);
  readCaptions(true);

  expect(isReading.value).toBe(true);
  reload();
  expect(isReading.value).toBe(false);
});

test('a platform may hide them', () => {
  expect(hasCaptions()).toBe(true);
  fake.isShown = false;
  expect(hasCaptions()).toBe(false);
});
