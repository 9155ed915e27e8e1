// What is seen of the board, moved and enlarged.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLACE_MAX } from '../src/classroom/board-shapes';
import {
  FIRST_VIEW,
  follow,
  reveal,
  SCALE_MAX,
  SCALE_MIN,
  shownIn,
  showWhole,
  toBoard,
  toWindow,
  zoomAt,
} from '../src/classroom/board-view';

const SIZE = { across: 800, down: 600 };
const ORIGIN = { x: 0, y: 0 };

const anyPlace = fc.record({ x: fc.integer({ min: 0, max: 800 }), y: fc.integer({ min: 0, max: 600 }) });
const anyView = fc.record({
  x: fc.integer({ min: -1_000, max: 1_000 }),
  y: fc.integer({ min: -1_000, max: 1_000 }),
  scale: fc.double({ min: SCALE_MIN, max: SCALE_MAX, noNaN: true }),
});

test('a place in the window is a place on the board, and back', () => {
  fc.assert(
    fc.property(anyView, anyPlace, (view, at) => {
      const { x, y } = toWindow(view, toBoard(view, at));

      expect(x).toBeCloseTo(at.x, 4);
      expect(y).toBeCloseTo(at.y, 4);
    }),
  );
});

test('what is enlarged stays under the pointer', () => {
  fc.assert(
    fc.property(anyView, anyPlace, fc.double({ min: 0.2, max: 5, noNaN: true }), (view, at, times) => {
      const [before, after] = [toBoard(view, at), toBoard(zoomAt(view, at, times), at)];

      expect(after.x).toBeCloseTo(before.x, 4);
      expect(after.y).toBeCloseTo(before.y, 4);
    }),
  );
});

test('it is enlarged and reduced within bounds', () => {
  expect(zoomAt(FIRST_VIEW, ORIGIN, 1e9).scale).toBe(SCALE_MAX);
  expect(zoomAt(FIRST_VIEW, ORIGIN, 0).scale).toBe(SCALE_MIN);
});

test('one finger moves it, and two enlarge it as they part', () => {
  expect(follow(FIRST_VIEW, [ORIGIN], [{ x: 30, y: -10 }])).toEqual({ x: -30, y: 10, scale: 1 });
  const parted = follow(
    FIRST_VIEW,
    [
      { x: 100, y: 0 },
      { x: 200, y: 0 },
    ],
    [
      { x: 50, y: 0 },
      { x: 250, y: 0 },
    ],
  );
  expect(parted.scale).toBe(2);
  expect(toWindow(parted, { x: 150, y: 0 })).toEqual({ x: 150, y: 0 });
});

test('fingers in one place enlarge nothing', () => {
  expect(follow(FIRST_VIEW, [ORIGIN, ORIGIN], [ORIGIN, { x: 9, y: 0 }]).scale).toBe(1);
});

test('nobody is lost beyond the edge of the board', () => {
  expect(follow(FIRST_VIEW, [{ x: 1e9, y: 0 }], [ORIGIN]).x).toBe(PLACE_MAX);
});

test('a part of the board is shown whole, in the middle, and not larger than it is', () => {
  const small = showWhole({ left: 100, top: 100, right: 200, bottom: 200 }, SIZE);
  const large = { left: 0, top: 0, right: 4_000, bottom: 1_000 };
  const shown = shownIn(showWhole(large, SIZE), SIZE);

  expect(small).toEqual({ x: -250, y: -150, scale: 1 });
  expect(shown.left).toBeLessThan(large.left);
  expect(shown.right).toBeGreaterThan(large.right);
});

test('a place beyond the edge is revealed, and one that is seen moves nothing', () => {
  expect(reveal(FIRST_VIEW, { x: 400, y: 300 }, SIZE)).toEqual(FIRST_VIEW);
  expect(reveal(FIRST_VIEW, { x: 900, y: -50 }, SIZE)).toEqual({ x: 124, y: -74, scale: 1 });
});
