// Shapes for the tests of the board.

import fc from 'fast-check';
import {
  COLOURS,
  type Picture,
  type Segment,
  type Shape,
  type Stroke,
  type Text,
  WIDTHS,
} from '../src/classroom/board-shapes';

const INKED = { key: 'a', z: 1, x: 10, y: 20, colour: 'blue', width: 'medium' } as const;

export const STROKE: Stroke = {
  ...INKED,
  kind: 'stroke',
  points: [
    { x: 10, y: 20, pressure: 0 },
    { x: 40, y: 20, pressure: 0 },
    { x: 70, y: 60, pressure: 0 },
  ],
};
export const ARROW: Segment = { ...INKED, key: 'b', kind: 'arrow', to: { x: 110, y: 20 } };
export const BOX: Segment = { ...INKED, key: 'c', kind: 'box', to: { x: 110, y: 120 } };
export const TEXT: Text = { ...INKED, key: 'd', kind: 'text', text: 'el gato' };
export const PICTURE: Picture = {
  key: 'e',
  z: 1,
  x: 10,
  y: 20,
  kind: 'picture',
  across: 300,
  down: 200,
  jpeg: null,
};

export const SHAPES: readonly Shape[] = [STROKE, ARROW, BOX, TEXT, PICTURE];

/** The head of a JPEG that says it is so large. */
export function jpegOf(across: number, down: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8]);
  new DataView(bytes.buffer).setUint16(13, down);
  new DataView(bytes.buffer).setUint16(15, across);
  return bytes;
}

/** Anything that another page may have written at a key of the board, much of it nearly a shape. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything(),
  fc.record(
    {
      kind: fc.constantFrom('stroke', 'line', 'arrow', 'box', 'text', 'picture', 'later'),
      x: fc.oneof(fc.double(), fc.integer({ min: -200_000, max: 200_000 })),
      y: fc.oneof(fc.double(), fc.integer({ min: -200_000, max: 200_000 })),
      z: fc.oneof(fc.integer(), fc.double()),
      colour: fc.constantFrom(...COLOURS, 'javascript:alert(1)', 'toString'),
      width: fc.constantFrom(...WIDTHS, 'constructor'),
      points: fc.uint8Array({ maxLength: 40 }),
      to: fc.array(fc.oneof(fc.double(), fc.string()), { maxLength: 3 }),
      text: fc.string({ unit: 'binary' }),
      across: fc.double(),
      down: fc.double(),
    },
    { requiredKeys: ['kind'] },
  ),
);
