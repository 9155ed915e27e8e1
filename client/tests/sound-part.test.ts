// Which part of a recording is heard again, and the recording as a wave.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastPart, moveEdge, PART_MS_MIN, partBetween, peaksOf } from '../src/classroom/sound-part';

test('one press plays the last five seconds, or what there is', () => {
  expect(lastPart(30_000)).toEqual({ fromMs: 25_000, toMs: 30_000 });
  expect(lastPart(1_200)).toEqual({ fromMs: 0, toMs: 1_200 });
});

test('a part is what lies between two places, in either order', () => {
  expect(partBetween(9_000.4, 4_000, 30_000)).toEqual({ fromMs: 4_000, toMs: 9_000 });
});

test('a single place begins five seconds, or what is left', () => {
  expect(partBetween(10_000, 10_050, 30_000)).toEqual({ fromMs: 10_000, toMs: 15_000 });
  expect(partBetween(28_000, 28_000, 30_000)).toEqual({ fromMs: 28_000, toMs: 30_000 });
});

test('whatever is pulled where, a part lies within the recording and can be heard', () => {
  const place = fc.integer({ min: -5_000, max: 40_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: PART_MS_MIN, max: 30_000 }),
      place,
      place,
      fc.array(fc.tuple(fc.constantFrom('fromMs' as const, 'toMs' as const), place)),
      (lengthMs, one, other, moves) => {
        let part = partBetween(one, other, lengthMs);
        for (const [edge, ms] of moves) part = moveEdge(part, edge, ms, lengthMs);

        expect(part.fromMs).toBeGreaterThanOrEqual(0);
        expect(part.toMs).toBeLessThanOrEqual(lengthMs);
        expect(part.toMs - part.fromMs).toBeGreaterThanOrEqual(PART_MS_MIN);
      },
    ),
  );
});

test('an edge goes where it is moved, and stops before the other', () => {
  const part = { fromMs: 1_000, toMs: 2_000 };

  expect(moveEdge(part, 'fromMs', 1_500, 3_000)).toEqual({ fromMs: 1_500, toMs: 2_000 });
  expect(moveEdge(part, 'fromMs', 2_500, 3_000)).toEqual({ fromMs: 1_800, toMs: 2_000 });
  expect(moveEdge(part, 'toMs', 500, 3_000)).toEqual({ fromMs: 1_000, toMs: 1_200 });
});

test('a wave shows the loudest of each stretch, also where there are more stretches than samples', () => {
  expect(peaksOf(Int16Array.of(0, 32_767, -16_384, 100), 2)).toEqual([1, 16_384 / 32_767]);
  expect(peaksOf(Int16Array.of(-32_768), 3)).toEqual([0, 0, 1]);
  expect(peaksOf(new Int16Array(), 2)).toEqual([0, 0]);
});
