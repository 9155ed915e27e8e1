// What may come in a time.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowance } from '../src/classroom/allowance';

test('what is there at once is taken at once, and comes back evenly', () => {
  const allowance = new Allowance({ most: 10, perSecond: 4 });

  expect(allowance.take(10, 1_000)).toBe(true);
  expect(allowance.take(1, 1_249)).toBe(false);
  expect(allowance.take(1, 1_250)).toBe(true);
});

test('more than there can be is never given, and costs nothing', () => {
  const allowance = new Allowance({ most: 10, perSecond: 4 });

  expect(allowance.take(11, 1_000_000)).toBe(false);
  expect(allowance.take(10, 1_000_000)).toBe(true);
});

test('in no stretch of time is more given than the rules say', () => {
  const steps = fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 12 })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (asked) => {
      const allowance = new Allowance({ most: 12, perSecond: 5 });
      const given: { readonly atMs: number; readonly amount: number }[] = [];
      let nowMs = 50_000;
      for (const [passedMs, amount] of asked) {
        nowMs += passedMs;
        if (allowance.take(amount, nowMs)) given.push({ atMs: nowMs, amount });
      }

      for (const [first, { atMs }] of given.entries()) {
        let sum = 0;
        for (const later of given.slice(first)) {
          sum += later.amount;
          expect(sum).toBeLessThanOrEqual(12 + ((later.atMs - atMs) * 5) / 1_000 + 0.001);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a clock that goes back gives nothing', () => {
  const allowance = new Allowance({ most: 1, perSecond: 1 });
  allowance.take(1, 5_000);

  expect(allowance.take(1, 1_000)).toBe(false);
  expect(allowance.take(1, 5_999)).toBe(false);
  expect(allowance.take(1, 6_000)).toBe(true);
});

test('what is left is told, and telling takes nothing', () => {
  const allowance = new Allowance({ most: 10, perSecond: 5 });
  allowance.take(10, 1_000);

  expect([allowance.readLeft(1_000), allowance.readLeft(1_500), allowance.readLeft(1_500)]).toEqual([
    0, 2, 2,
  ]);
});
