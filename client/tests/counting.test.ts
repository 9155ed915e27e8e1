import { expect, test } from 'vitest';
import { costOn, countOn } from '../src/platform/counting';

const bill = { billableSeconds: 100, provenAt: 50_000, capAt: null };

test.each([
  ['at the proof', 50_000, 100],
  ['seconds later', 53_999, 103],
  ['by a clock that is behind', 49_000, 100],
  ['long after the last proof', 90_000, 125],
])('the billed time counts on from the last proof: %s', (_when, serverMs, seconds) => {
  expect(countOn(bill, serverMs)).toBe(seconds);
});

test('while the meter stands still nothing is counted', () => {
  expect(countOn({ ...bill, provenAt: null }, 99_000)).toBe(100);
});

test('the count stops at the cap', () => {
  expect(countOn({ ...bill, capAt: 52_000 }, 60_000)).toBe(102);
});

const charged = { ...bill, cost: { minor: 55 }, ratePerHour: { minor: 2_000 } };

test('the cost counts on in whole units of the same seconds', () => {
  const shown = [50_000, 51_000, 52_000, 53_999, 90_000].map((serverMs) => costOn(charged, serverMs));

  // 2,000 an hour: floor(2000 × 100 / 3600) = 55, and so on for 101, 102, 103 and at most 125 seconds.
  expect(shown).toEqual([55, 56, 56, 57, 69]);
});

test('the service’s word is the base, whatever this page would have made of it', () => {
  expect(costOn({ ...charged, cost: { minor: 40 } }, 51_000)).toBe(41);
});

test('no cost is counted while the meter stands still, beyond the cap, without a rate, or past exact numbers', () => {
  expect(costOn({ ...charged, provenAt: null }, 99_000)).toBe(55);
  expect(costOn({ ...charged, capAt: 51_000 }, 99_000)).toBe(56);
  expect(costOn({ ...charged, ratePerHour: null }, 99_000)).toBe(55);
  expect(costOn({ ...charged, cost: null }, 99_000)).toBeNull();
  expect(costOn({ ...charged, ratePerHour: { minor: 10 ** 15 } }, 52_000)).toBe(55);
});
