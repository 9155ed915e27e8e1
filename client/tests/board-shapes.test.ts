// The board's shapes in the document: written and read alike, and read with suspicion.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cleanText,
  compareShapes,
  isInReach,
  PICTURE_BYTES_MAX,
  PLACE_MAX,
  POINTS_MAX,
  readPoints,
  readShape,
  TEXT_CHARACTERS_MAX,
  toStep,
  writePoints,
  writeShape,
} from '../src/classroom/board-shapes';
import { ARROW, anyValue, BOX, PICTURE, SHAPES, STROKE, TEXT } from './board-drawings';

test.each(SHAPES.map((shape) => [shape.kind, shape] as const))(
  'a %s is read as it was written',
  (_, shape) => {
    expect(readShape(shape.key, writeShape(shape, shape.z))).toEqual(shape);
  },
);

test('whatever stands in the document, what is read is a shape within its bounds, or nothing', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const shape = readShape('key', value);
      if (!shape) return;
      const { x, y, z } = shape;
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(PLACE_MAX);
      expect(Number.isSafeInteger(z)).toBe(true);
    }),
  );
});

test.each([
  ['an unknown kind', { ...writeShape(ARROW, 1), kind: 'spiral' }],
  ['a place off the board', { ...writeShape(ARROW, 1), x: 1e9 }],
  ['a place that is no number', { ...writeShape(ARROW, 1), x: Number.NaN }],
  ['a height that is infinite', { ...writeShape(ARROW, 1), z: Number.POSITIVE_INFINITY }],
  ['a colour that is no name', { ...writeShape(ARROW, 1), colour: 'url(#x)' }],
  ['a width that every object has', { ...writeShape(ARROW, 1), width: 'toString' }],
  ['an end with three numbers', { ...writeShape(BOX, 1), to: [1, 2, 3] }],
  ['points that are no bytes', { ...writeShape(STROKE, 1), points: [1, 2, 3, 4, 5] }],
  ['half a point', { ...writeShape(STROKE, 1), points: new Uint8Array(7) }],
  ['no point', { ...writeShape(STROKE, 1), points: new Uint8Array() }],
  ['too many points', { ...writeShape(STROKE, 1), points: new Uint8Array(5 * (POINTS_MAX + 1)) }],
  ['a text of spaces', { ...writeShape(TEXT, 1), text: ' \n ' }],
  ['a text that is too long to look at', { ...writeShape(TEXT, 1), text: 'a'.repeat(1_000_000) }],
  ['a picture without a size', { ...writeShape(PICTURE, 1), across: 0 }],
  ['a picture of 1,000,000 across', { ...writeShape(PICTURE, 1), across: 1_000_000 }],
])('%s is no shape', (_, value) => {
  expect(readShape('key', value)).toBeNull();
});

test('a key that is longer than any is no shape’s', () => {
  expect(readShape('k'.repeat(65), writeShape(ARROW, 1))).toBeNull();
});

test('a picture has no bytes while they have not come, or are too many', () => {
  const value = writeShape(PICTURE, 1);

  expect(readShape('e', value, new Uint8Array(9))).toMatchObject({ jpeg: new Uint8Array(9) });
  expect(readShape('e', value, 'bytes')).toMatchObject({ jpeg: null });
  expect(readShape('e', value, new Uint8Array(PICTURE_BYTES_MAX + 1))).toMatchObject({ jpeg: null });
});

test('points keep their quarters of a unit, and a pen’s pressure nearly', () => {
  const first = { x: 3.25, y: -7 };
  const points = [
    { x: 3.25, y: -7, pressure: 1 },
    { x: -100.75, y: 8_000, pressure: 0.5 },
  ];

  const read = readPoints(first, writePoints(first, points));

  expect(read?.[0]).toEqual(points[0]);
  expect(read?.[1]).toMatchObject({ x: -100.75, y: 8_000 });
  expect(read?.[1]?.pressure).toBeCloseTo(0.5, 2);
});

test('a stroke reaches no further than its numbers do', () => {
  expect(isInReach({ x: 0, y: 0 }, { x: 8_000, y: -8_000 })).toBe(true);
  expect(isInReach({ x: 0, y: 0 }, { x: 8_200, y: 0 })).toBe(false);
});

test('a place is brought onto the board and onto its steps', () => {
  expect(toStep({ x: 1e9, y: 1.3 })).toEqual({ x: PLACE_MAX, y: 1.25 });
});

test('a text has a bound, and no returns, tabs or empty end', () => {
  expect(cleanText('uno\r\ndos\tx \n\n')).toBe('uno\ndos x');
  expect(cleanText('😀'.repeat(600))).toBe('😀'.repeat(TEXT_CHARACTERS_MAX));
  expect(cleanText('a\n'.repeat(50)).split('\n')).toHaveLength(20);
});

test('of two shapes of one height both pages put the same one above', () => {
  const sorted = [{ ...BOX, z: 2 }, TEXT, STROKE].sort(compareShapes);

  expect(sorted.map(({ key }) => key)).toEqual(['a', 'd', 'c']);
});
