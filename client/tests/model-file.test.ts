// A network from its file: MediaPipe's own, and files that are none.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHalf, readModel } from '../src/retouch/model-file';

const path = createRequire(import.meta.url).resolve(
  '@mediapipe/selfie_segmentation/selfie_segmentation.tflite',
);
const file = Uint8Array.from(readFileSync(path));

test('MediaPipe’s network takes a square of three colours and gives one number for each pixel', () => {
  const { tensors, steps, input, output } = readModel(file.buffer);

  expect(tensors[input]?.shape).toEqual([1, 256, 256, 3]);
  expect(tensors[output]?.shape).toEqual([1, 256, 256, 1]);
  expect(steps.length).toBe(136);
  expect(steps[steps.length - 2]?.kind).toBe('grow');
});

test('its weights are there, and are numbers', () => {
  const { tensors, steps } = readModel(file.buffer);
  const convolutions = steps.filter(({ kind }) => kind === 'convolve');

  expect(convolutions.length).toBe(43);
  for (const { inputs } of convolutions) {
    const weights = tensors[inputs[1] ?? -1]?.weights;
    expect(weights?.length).toBe(
      tensors[inputs[1] ?? -1]?.shape.reduce((product, length) => product * length),
    );
    expect(weights?.every(Number.isFinite)).toBe(true);
  }
});

test.each([
  [0x0000, 0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x0001, 2 ** -24],
  [0x7bff, 65_504],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('sixteen bits %i are %f', (bits, value) => {
  expect(readHalf(bits)).toBe(value);
});

test('what is no such file throws, and takes no time or memory for it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => readModel(Uint8Array.from(bytes).buffer)).toThrow();
    }),
  );
});

test('half a file throws', () => {
  expect(() => readModel(file.buffer.slice(0, 100_000))).toThrow();
});
