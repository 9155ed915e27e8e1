// Which tab the other person shows, in bytes: there and back, and what is none.

import { expect, test } from 'vitest';
import { readTabLook, writeTabLook } from '../src/classroom/tab-look';

test('a tab and a place in it come back as they were', () => {
  for (const tab of ['notes', 'vocabulary'] as const) {
    const look = { tab, place: Uint8Array.of(1, 2, 3) };

    expect(readTabLook(writeTabLook(look))).toEqual(look);
  }
});

test('no place is a place, too', () => {
  expect(readTabLook(Uint8Array.of(2))).toEqual({ tab: 'vocabulary', place: new Uint8Array() });
});

test.each([[], [0], [3], [255, 1, 2]])('%j is no tab', (...bytes) => {
  expect(readTabLook(Uint8Array.from(bytes))).toBeNull();
});
