// Where the small picture settles: in the corner it was dropped nearest to, in either reading direction.

import { expect, test } from 'vitest';
import { CORNERS, cornerByKey, nearestCorner, nextCorner } from '../src/room/stage/corners';

const STAGE = { width: 1_000, height: 600 };

test.each([
  [100, 100, 'top-start', 'top-end'],
  [900, 100, 'top-end', 'top-start'],
  [499, 599, 'bottom-start', 'bottom-end'],
  [501, 301, 'bottom-end', 'bottom-start'],
  [-50, 900, 'bottom-start', 'bottom-end'],
] as const)(
  'dropped at %i, %i it goes to %s, and to %s where one reads from right to left',
  (x, y, ltr, rtl) => {
    expect(nearestCorner({ x, y }, STAGE, false)).toBe(ltr);
    expect(nearestCorner({ x, y }, STAGE, true)).toBe(rtl);
  },
);

test('in the very middle it goes where it began, in either direction', () => {
  const middle = { x: 500, y: 300 };

  expect([nearestCorner(middle, STAGE, false), nearestCorner(middle, STAGE, true)]).toEqual([
    'bottom-end',
    'bottom-end',
  ]);
});

test('an arrow key moves it where the arrow points, and not over the edge', () => {
  expect(cornerByKey('bottom-end', 'ArrowLeft', false)).toBe('bottom-start');
  expect(cornerByKey('bottom-start', 'ArrowLeft', false)).toBe('bottom-start');
  expect(cornerByKey('bottom-end', 'ArrowLeft', true)).toBe('bottom-end');
  expect(cornerByKey('bottom-end', 'ArrowUp', true)).toBe('top-end');
  expect(cornerByKey('bottom-end', 'Enter', false)).toBeNull();
});

test('without dragging every corner is reached in turn', () => {
  const seen = [nextCorner('top-start')];
  while (seen.length < CORNERS.length) seen.push(nextCorner(seen[seen.length - 1] ?? 'top-start'));

  expect([...seen].sort()).toEqual([...CORNERS].sort());
});
