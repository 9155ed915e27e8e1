// The ink of shapes as paths.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathOf } from '../src/classroom/board-path';
import { ARROW, BOX, STROKE } from './board-drawings';

const PATH = /^[MLHVQZ0-9 .e-]+$/;

test('a box is a closed line, and an arrow one with a head', () => {
  expect(pathOf(BOX)).toBe('M10 20H110V120H10Z');
  expect(pathOf({ ...BOX, kind: 'line' })).toBe('M10 20L110 120');
  expect(pathOf(ARROW)).toMatch(/^M10 20L110 20M[\d. ]+L110 20L[\d. ]+$/);
});

test('a pen that is pressed harder draws a broader line', () => {
  const pressed = (pressure: number) => ({
    ...STROKE,
    points: [0, 1, 2, 3, 4, 5].map((step) => ({ x: 20 * step, y: 0, pressure })),
  });
  const breadth = (path: string) => {
    const numbers = path.match(/-?[\d.]+/g)?.map(Number) ?? [];
    return Math.max(...numbers.filter((_, index) => index % 2 === 1));
  };

  expect(breadth(pathOf(pressed(1)))).toBeGreaterThan(breadth(pathOf(pressed(0.2))));
});

test('any points make a path that a canvas can read', () => {
  const point = fc.record({
    x: fc.integer({ min: -100_000, max: 100_000 }),
    y: fc.integer({ min: -100_000, max: 100_000 }),
    pressure: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (points) => {
      expect(pathOf({ ...STROKE, points })).toMatch(PATH);
    }),
  );
});
