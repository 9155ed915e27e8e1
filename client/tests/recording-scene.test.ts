// Where the pictures of a recording stand: inside it, beside each other, and never drawn out of shape.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Box, fitPicture, HEIGHT, placesOf, WIDTH } from '../src/classroom/recording-scene';

const area = ({ width, height }: Box) => width * height;
const isInside = (inner: Box, outer: Box) =>
  inner.x >= outer.x - 1e-6 &&
  inner.y >= outer.y - 1e-6 &&
  inner.x + inner.width <= outer.x + outer.width + 1e-6 &&
  inner.y + inner.height <= outer.y + outer.height + 1e-6;

test.each([false, true])('the places fill the whole and lie on no other (screen: %s)', (hasScreen) => {
  const { remote, own, screen } = placesOf(hasScreen);
  const boxes = [remote, own, ...(screen ? [screen] : [])];

  expect(boxes.reduce((sum, box) => sum + area(box), 0)).toBe(WIDTH * HEIGHT);
  for (const box of boxes) expect(isInside(box, { x: 0, y: 0, width: WIDTH, height: HEIGHT })).toBe(true);
  expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).toBe(boxes.length);
});

test('a picture keeps its shape, inside its place', () => {
  const side = fc.integer({ min: 1, max: 4_000 });
  fc.assert(
    fc.property(side, side, fc.boolean(), fc.boolean(), (width, height, isWhole, hasScreen) => {
      const place = placesOf(hasScreen).own;
      const [from, to] = fitPicture({ width, height }, place, isWhole);

      expect(isInside(from, { x: 0, y: 0, width, height })).toBe(true);
      expect(isInside(to, place)).toBe(true);
      expect(to.width / to.height).toBeCloseTo(from.width / from.height);
      if (isWhole || width / height <= 4 / 3) expect(from.width).toBeCloseTo(width);
    }),
  );
});
