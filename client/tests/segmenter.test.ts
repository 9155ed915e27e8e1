// The network as it runs: MediaPipe's own model, and the kernels against sums that are obviously right.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import kernels from '../src/retouch/kernels.wat';
import { type Kernels, Segmenter } from '../src/retouch/segmenter';

const path = createRequire(import.meta.url).resolve(
  '@mediapipe/selfie_segmentation/selfie_segmentation.tflite',
);

function start(memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(kernels), { page: { memory } });
  return instance.exports as unknown as Kernels;
}

const NUMBER = fc.double({ min: -8, max: 8, noNaN: true }).map(Math.fround);
const numbers = (length: number) => fc.array(NUMBER, { minLength: length, maxLength: length });

/** Places in a new memory, one after the other, each with its numbers. */
function lay(lists: readonly (readonly number[])[], outLength: number) {
  const memory = new WebAssembly.Memory({ initial: 2 });
  let next = 16;
  const at = lists.map((list) => {
    const place = next;
    new Float32Array(memory.buffer, place, list.length).set(list);
    next += 16 * Math.ceil(list.length / 4);
    return place;
  });
  return { at, out: next, made: new Float32Array(memory.buffer, next, outLength), ...start(memory) };
}

test('the sum over all channels of a pixel is that sum', () => {
  fc.assert(
    fc.property(
      fc
        .record({
          quads: fc.integer({ min: 1, max: 3 }),
          taken: fc.integer({ min: 1, max: 9 }),
          wide: fc.constantFrom(4, 8),
        })
        .chain(({ quads, taken, wide }) =>
          fc.record({
            taken: fc.constant(taken),
            wide: fc.constant(wide),
            picture: numbers(4 * quads * taken),
            weights: numbers(taken * wide),
            bias: numbers(wide),
          }),
        ),
      ({ taken, wide, picture, weights, bias }) => {
        const pixels = picture.length / taken;
        const { at, out, made, mix } = lay([picture, weights, bias], pixels * wide);
        mix(at[0] ?? 0, 4 * taken, pixels, at[1] ?? 0, at[2] ?? 0, out, 4 * wide);
        for (let pixel = 0; pixel < pixels; pixel += 1) {
          for (let channel = 0; channel < wide; channel += 1) {
            let sum = bias[channel] ?? 0;
            for (let of = 0; of < taken; of += 1) {
              sum += (picture[pixel * taken + of] ?? 0) * (weights[of * wide + channel] ?? 0);
            }
            expect(made[pixel * wide + channel]).toBeCloseTo(sum, 2);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

test.each([
  [3, 1, 1],
  [3, 2, 0],
  [5, 2, 1],
])(
  'the sum over a square of %i, each %i. pixel, is that sum, and outside is nothing',
  (size, stride, before) => {
    const side = 8;
    const sideOut = side / stride;
    fc.assert(
      fc.property(
        numbers(4 * side * side),
        numbers(4 * size * size),
        numbers(4),
        (picture, weights, bias) => {
          const { at, out, made, slide } = lay([picture, weights, bias], 4 * sideOut * sideOut);
          const around = [at[1] ?? 0, size, stride, before, at[2] ?? 0] as const;
          slide(at[0] ?? 0, side, side, 16, ...around, out, sideOut, sideOut);
          for (let index = 0; index < made.length; index += 1) {
            const [channel, pixel] = [index % 4, Math.trunc(index / 4)];
            let sum = bias[channel] ?? 0;
            for (let part = 0; part < size * size; part += 1) {
              const y = Math.trunc(pixel / sideOut) * stride + Math.trunc(part / size) - before;
              const x = (pixel % sideOut) * stride + (part % size) - before;
              const isInside = y >= 0 && y < side && x >= 0 && x < side;
              if (isInside)
                sum += (picture[4 * (y * side + x) + channel] ?? 0) * (weights[4 * part + channel] ?? 0);
            }
            expect(made[index]).toBeCloseTo(sum, 2);
          }
        },
      ),
      { numRuns: 10 },
    );
  },
);

test('a picture without anybody has nobody in it, and the same picture gives the same mask', () => {
  const segmenter = new Segmenter(Uint8Array.from(readFileSync(path)).buffer, start);
  const pixels = new Uint8ClampedArray(4 * segmenter.rows * segmenter.columns).fill(120);

  const mask = segmenter.segment(pixels).slice();

  expect(mask.length).toBe(256 * 256);
  expect(mask.every((surely) => surely >= 0 && surely <= 1)).toBe(true);
  expect(mask.reduce((sum, surely) => sum + surely, 0) / mask.length).toBeLessThan(0.1);
  expect(segmenter.segment(pixels)).toEqual(mask);
});
