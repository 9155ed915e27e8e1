// Their pointer and where to look, as bytes: read as they were written, and anything else is nothing.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLook, readPointer, writeLook, writePointer } from '../src/classroom/board-signs';
import { fits } from '../src/classroom/tool-frames';
import { ARROW, STROKE } from './board-drawings';

const { key: _key, z: _z, ...stroke } = STROKE;
const { key: _k, z: _h, ...arrow } = ARROW;

test.each([
  ['alone', { x: -12.25, y: 40, isLaser: false, live: null }],
  ['as a laser', { x: 0, y: 0, isLaser: true, live: null }],
  ['with a stroke', { x: 70, y: 60, isLaser: false, live: stroke }],
  ['with an arrow', { x: 110, y: 20, isLaser: false, live: arrow }],
] as const)('a pointer %s is read as it was written', (_, pointer) => {
  expect(readPointer(writePointer(pointer))).toEqual(pointer);
});

test('of the longest stroke so few points are sent that the message fits', () => {
  const points = Array.from({ length: 2_000 }, (_, x) => ({ x, y: 0, pressure: 0 }));
  const bytes = writePointer({ x: 0, y: 0, isLaser: false, live: { ...stroke, points } });

  expect(fits({ kind: 'pointer', bytes })).toBe(true);
  expect(readPointer(bytes)?.live).toMatchObject({ points: expect.arrayContaining([points[1_999]]) });
});

test('a part of the board is read as it was written', () => {
  const part = { left: -10.5, top: 0, right: 800, bottom: 600.25 };

  expect(readLook(writeLook(part))).toEqual(part);
});

test.each([
  ['nothing', new Uint8Array()],
  ['a part without breadth', writeLook({ left: 5, top: 0, right: 5, bottom: 9 })],
  ['a part that is turned over', writeLook({ left: 5, top: 9, right: 15, bottom: 0 })],
  ['a place off the board', new Uint8Array(16).fill(0x7f)],
])('%s is nowhere to look', (_, bytes) => {
  expect(readLook(bytes)).toBeNull();
});

test('whatever the bytes are, they are a pointer within bounds or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const pointer = readPointer(bytes);
      readLook(bytes);

      if (pointer) expect(Math.abs(pointer.x)).toBeLessThanOrEqual(200_000);
      for (const point of pointer?.live?.kind === 'stroke' ? pointer.live.points : [])
        expect(Number.isFinite(point.x + point.y + point.pressure)).toBe(true);
    }),
  );
});
