// How large a picture says it is, before anything decodes it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJpeg, readJpegSize } from '../src/classroom/jpeg-size';
import { jpegOf } from './board-drawings';

test('a JPEG tells its size', () => {
  expect(readJpegSize(jpegOf(1_280, 720))).toEqual({ across: 1_280, down: 720 });
  expect(isJpeg(jpegOf(1_280, 720))).toBe(true);
});

test.each([
  ['more pixels than are decoded', jpegOf(60_000, 60_000)],
  ['no pixels', jpegOf(0, 720)],
  ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13)],
  ['an SVG', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['nothing', new Uint8Array()],
  ['a head that ends', jpegOf(1_280, 720).slice(0, 12)],
  ['a scan without a frame', Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0)],
])('%s is none', (_, bytes) => {
  expect(isJpeg(bytes)).toBe(false);
});

/** A JPEG with a huge size right behind *marker*, and a small one where the next two bytes would lead if they were a length. */
function hiding(...marker: number[]): Uint8Array {
  const bytes = new Uint8Array(70_000);
  bytes.set([0xff, 0xd8, ...marker, ...jpegOf(60_000, 60_000).slice(2)]);
  bytes.set(jpegOf(9, 9).slice(2), 4 + new DataView(bytes.buffer).getUint16(4));
  return bytes;
}

test.each([
  ['filled up', [0xff]],
  ['begun anew', [0xff, 0xd0]],
  ['of a later version', [0xff, 0x01]],
  ['stuffed', [0xff, 0x00]],
])('a size that a decoder finds behind a marker that is %s is not overlooked', (_, marker) => {
  expect(isJpeg(hiding(...marker))).toBe(false);
});

test('a size behind filling bytes is found', () => {
  expect(readJpegSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xff, ...jpegOf(1_280, 720).slice(2)))).toEqual({
    across: 1_280,
    down: 720,
  });
});

test('whatever the bytes are, reading them ends', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readJpegSize(Uint8Array.of(0xff, 0xd8, ...bytes));
    }),
  );
});
