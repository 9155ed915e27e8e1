// The change of a text in a field.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeBetween, placeAfter } from '../src/classroom/text-change';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😃', '👩‍🏫', 'é'), maxLength: 8 });

function isWhole(part: string): boolean {
  return Array.from(part).every((each) => !/^[\uD800-\uDFFF]$/.test(each));
}

test('the change makes the one of the other, and cuts no character in two', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { at, removed, inserted } = changeBetween(before, after);

      expect(before.slice(0, at) + inserted + before.slice(at + removed)).toBe(after);
      for (const part of [before.slice(0, at), before.slice(at, at + removed), inserted])
        expect(isWhole(part)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('only what changed is changed', () => {
  expect(changeBetween('el gato', 'el gran gato')).toEqual({ at: 4, removed: 0, inserted: 'ran g' });
  expect(changeBetween('same', 'same')).toEqual({ at: 4, removed: 0, inserted: '' });
});

test.each([
  [0, 0],
  [2, 2],
  [3, 6],
  [4, 6],
  [5, 6],
  [7, 8],
])('the place %i is at %i afterwards', (place, after) => {
  expect(placeAfter({ at: 3, removed: 2, inserted: 'new' }, place)).toBe(after);
});
