// Pictures by their own bytes: sizes of all formats, a picture that claims to be huge, and what only calls itself a picture.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPicture } from '../src/classroom/picture-head';

const text = (value: string) => [...value].map((character) => character.charCodeAt(0));
const long = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const short = (value: number) => [value >>> 8, value & 255];
const back = (value: number) => [value & 255, value >>> 8];

const png = (width: number, height: number) =>
  Uint8Array.from([
    ...text('\x89PNG\r\n\x1a\n'),
    ...long(13),
    ...text('IHDR'),
    ...long(width),
    ...long(height),
    8,
    6,
  ]);
/** A screen, and the first picture on it. */
const gif = (width: number, height: number, picture = [width, height], behind: number[] = []) =>
  Uint8Array.from([
    ...text('GIF89a'),
    ...[width, height].flatMap(back),
    ...[0, 0, 0],
    ...behind,
    0x2c,
    ...[0, 0, ...picture].flatMap(back),
    0,
  ]);
const withColours = [
  ...gif(640, 480).slice(0, 10),
  0x81,
  0,
  0,
  ...Array(12).fill(7),
  ...gif(640, 480).slice(13),
];
const jpeg = (width: number, height: number, segments: number[] = []) =>
  Uint8Array.from([255, 0xd8, ...segments, 255, 0xc2, ...short(17), 8, ...short(height), ...short(width), 3]);
const webp = (form: string, ...rest: number[]) =>
  Uint8Array.from([
    ...text('RIFF'),
    0,
    0,
    0,
    0,
    ...text('WEBP'),
    ...text(form),
    0,
    0,
    0,
    0,
    ...rest,
    ...Array(12).fill(0),
  ]);

test.each([
  ['PNG', png(640, 480), 'image/png'],
  ['GIF', gif(640, 480), 'image/gif'],
  ['GIF with colours', Uint8Array.from(withColours), 'image/gif'],
  [
    'GIF with a pause and a comment before its picture',
    gif(640, 480, [640, 480], [0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x21, 0xfe, 2, 0x2c, 0x2c, 0]),
    'image/gif',
  ],
  ['GIF with a picture larger than its screen', gif(1, 1, [640, 480]), 'image/gif'],
  ['JPEG', jpeg(640, 480), 'image/jpeg'],
  [
    'JPEG with notes and a filling byte before its size',
    jpeg(640, 480, [255, 0xe1, ...short(9), 1, 2, 3, 4, 5, 6, 7, 255, 255, 0xfe, ...short(2)]),
    'image/jpeg',
  ],
  ['lossy WebP', webp('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, ...back(640), ...back(480)), 'image/webp'],
  ['lossless WebP', webp('VP8L', 0x2f, 0x7f, 0xc2, 0x77, 0x00), 'image/webp'],
  ['WebP with a header', webp('VP8X', 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0), 'image/webp'],
])('%s tells its size', (_name, head, type) => {
  expect(readPicture(head)).toEqual({ type, width: 640, height: 480 });
});

test.each([
  ['a PNG of 100,000 × 100,000', png(100_000, 100_000)],
  ['a PNG of 40,000 × 10', png(40_000, 10)],
  ['a JPEG of 65,535 × 65,535', jpeg(65_535, 65_535)],
  ['a PNG without height', png(10, 0)],
  [
    'a JPEG with a marker without a length, behind which a decoder finds another size',
    // 0xffc2 would be the length of the 0xffd0 before it, and lead to the second size.
    Uint8Array.from([
      ...[255, 0xd8, 255, 0xd0],
      ...jpeg(65_535, 65_535).slice(2),
      ...Array(0xffc2 - 12).fill(0),
      ...jpeg(9, 9),
    ]),
  ],
  ['a GIF of 1 × 1 with a picture of 65,535 × 65,535', gif(1, 1, [65_535, 65_535])],
  ['a GIF whose first picture is beyond the head', gif(10, 10).subarray(0, 20)],
  ['a GIF with anything else where its picture should be', gif(10, 10, [10, 10], [0x3b])],
  ['SVG', Uint8Array.from(text('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'))],
  ['HTML', Uint8Array.from(text('<!doctype html><script>alert(1)</script>........'))],
  ['a PDF', Uint8Array.from(text('%PDF-1.7 ..............................'))],
  ['a JPEG whose size is beyond the head', jpeg(10, 10, [255, 0xe1, ...short(60_000)]).subarray(0, 40)],
  ['nothing', new Uint8Array()],
])('%s is not shown', (_name, head) => {
  expect(readPicture(head)).toBeNull();
});

test('any bytes behind any magic number are read without a fault', () => {
  const magic = fc.constantFrom(
    [],
    [...png(1, 1)].slice(0, 16),
    text('GIF89a'),
    [...gif(1, 1)].slice(0, 14),
    [255, 0xd8, 255],
    text('RIFF    WEBPVP8 '),
  );
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 80 }), (start, rest) => {
      const picture = readPicture(Uint8Array.from([...start, ...rest]));

      expect((picture?.width ?? 1) * (picture?.height ?? 1)).toBeLessThanOrEqual(30_000_000);
    }),
  );
});
