import { expect, test } from 'vitest';
import { countOn } from '../src/platform/counting';

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
