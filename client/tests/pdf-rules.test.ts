// What of a PDF may become a page on the board: by its own bytes, bounded, whatever it says of itself.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPdf, isSupplyName, measurePage, readAnswer, readPageNumber } from '../src/classroom/pdf-rules';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a PDF is known by its own bytes, also after others, and not by its name', () => {
  expect(isPdf(bytes('%PDF-1.7\n'))).toBe(true);
  expect(isPdf(bytes(`${' '.repeat(1_000)}%PDF-1.4`))).toBe(true);
  expect(isPdf(bytes(`${' '.repeat(1_024)}%PDF-1.4`))).toBe(false);
  expect(isPdf(bytes('<svg>%PDF'))).toBe(false);
  expect(isPdf(new Uint8Array())).toBe(false);
});

test('whatever size a page has, it is drawn within the bounds of a picture', () => {
  const side = fc.oneof(fc.double(), fc.double({ min: 1e-3, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(side, side, (across, down) => {
      const drawn = measurePage(across, down);
      if (!drawn) return;
      expect(Math.max(drawn.across, drawn.down)).toBeLessThanOrEqual(1_600);
      expect(drawn.across * drawn.down).toBeLessThanOrEqual(1_638_400);
      expect(Math.min(drawn.across, drawn.down)).toBeGreaterThanOrEqual(1);
    }),
  );
});

test.each([
  [0, 10],
  [-3, 4],
  [Number.NaN, 4],
  [Number.POSITIVE_INFINITY, 1],
])('a page of %d by %d has no size', (across, down) => {
  expect(measurePage(across, down)).toBeNull();
});

test('a sheet of paper and a page of 200 inches are both legible', () => {
  expect(measurePage(595, 842)).toMatchObject({ across: 1_076, down: 1_522 });
  expect(measurePage(14_400, 14_400)).toMatchObject({ across: 1_280, down: 1_280 });
});

test.each([
  ['3', 3],
  [' 10000 ', 10_000],
  ['0', null],
  ['10001', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
  ['9'.repeat(400), null],
])('of 10,000 pages %j is page %s', (text, page) => {
  expect(readPageNumber(text, 10_000)).toBe(page);
});

test('no name leads elsewhere', () => {
  expect(['UniJIS-UTF16-H.bcmap', 'FoxitSans.pfb', 'jbig2.wasm'].every(isSupplyName)).toBe(true);
  for (const name of ['../x.wasm', 'a/b.ttf', '', `${'x'.repeat(41)}.ttf`, 'https://x.wasm', 'x.js', 7, null])
    expect(isSupplyName(name)).toBe(false);
});

test('what is no answer of the worker is not heard', () => {
  const jpeg = Uint8Array.of(1);
  expect(readAnswer({ kind: 'opened', pages: 7 })).toEqual({ kind: 'opened', pages: 7 });
  expect(readAnswer({ kind: 'drawn', jpeg, across: 2, down: 3, more: 1 })).toEqual({
    kind: 'drawn',
    jpeg,
    across: 2,
    down: 3,
  });
  expect(readAnswer({ kind: 'refused', problem: '<b>' })).toEqual({ kind: 'refused', problem: 'broken' });
  for (const value of [
    null,
    'opened',
    { kind: 'opened', pages: 0.5 },
    { kind: 'drawn', jpeg: [1], across: 1, down: 1 },
    { kind: 'drawn', jpeg: new Uint8Array(262_145), across: 1, down: 1 },
    { kind: 'wants', name: '../secret' },
    { sourceName: 'worker', action: 'ready' },
  ])
    expect(readAnswer(value)).toBeNull();
});
