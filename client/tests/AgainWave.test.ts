// Which place of a recording a pointer is at.

import { expect, test } from 'vitest';
import { placeAt } from '../src/room/classroom/AgainWave';

test('the left edge is the begin, the right one the end, and a wave that is not drawn yet has no places between', () => {
  const box = { left: 100, width: 300 };

  expect([100, 250, 400].map((x) => placeAt(x, box, 30_000))).toEqual([0, 15_000, 30_000]);
  expect(placeAt(70, box, 30_000)).toBe(-3_000);
  expect(placeAt(0, { left: 0, width: 0 }, 30_000)).toBe(0);
});
