// The keys that move an end of the part: as on any slider.

import { expect, test } from 'vitest';
import { msByKey } from '../src/room/classroom/AgainEdge';

test('arrows move it by a tenth of a second, the page keys by a second, and Home and End to the ends', () => {
  const to = (key: string) => msByKey(key, 5_000, 30_000);

  expect(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp'].map(to)).toEqual([4_900, 4_900, 5_100, 5_100]);
  expect(['PageDown', 'PageUp', 'Home', 'End'].map(to)).toEqual([4_000, 6_000, 0, 30_000]);
});

test('another key moves nothing', () => {
  expect(msByKey('r', 5_000, 30_000)).toBeNull();
  expect(msByKey('Escape', 0, 0)).toBeNull();
});
