// The steps that are no long sums, by small pictures.

import { expect, test } from 'vitest';
import {
  add,
  average,
  double,
  grow,
  hardSwish,
  logistic,
  multiply,
  type Place,
  rectify,
  spread,
} from '../src/retouch/segmenter-steps';

function place(rows: number, columns: number, channels: number, numbers: readonly number[] = []): Place {
  const all = Float32Array.from({ length: rows * columns * channels }, (_, at) => numbers[at] ?? 0);
  return { at: 0, rows, columns, channels, numbers: all };
}

test.each([
  ['rectify', rectify, [-4, 0, 2], [0, 0, 2]],
  ['hard swish', hardSwish, [-4, -1, 0, 3, 6], [0, -1 / 3, 0, 3, 6]],
  ['logistic', logistic, [0, 100, -100], [0.5, 1, 0]],
] as const)('%s', (_name, step, from, wanted) => {
  const to = place(1, 1, from.length);
  step(place(1, 1, from.length, from), to);

  wanted.forEach((value, at) => {
    expect(to.numbers[at]).toBeCloseTo(value, 6);
  });
});

test('two pictures are added number by number', () => {
  const to = place(1, 2, 1);
  add(place(1, 2, 1, [1, 2]), place(1, 2, 1, [10, 20]), to);

  expect([...to.numbers]).toEqual([11, 22]);
});

test('each channel has its own factor, and its own average', () => {
  const picture = place(1, 2, 2, [1, 2, 3, 4]);
  const to = place(1, 2, 2);
  multiply(picture, place(1, 1, 2, [10, 100]), to);

  expect([...to.numbers]).toEqual([10, 200, 30, 400]);

  const mean = place(1, 1, 2);
  average(picture, mean);

  expect([...mean.numbers]).toEqual([2, 3]);
});

test('twice the size: a quarter of the way into the next pixel', () => {
  const to = place(2, 4, 1);
  double(place(1, 2, 1, [0, 4]), to);

  expect([...to.numbers]).toEqual([0, 1, 3, 4, 0, 1, 3, 4]);
});

test('a square is laid out in a row, and outside is nothing', () => {
  const to = place(1, 1, 9);
  spread(place(2, 2, 1, [1, 2, 3, 4]), to, 3, 2, 0);

  expect([...to.numbers]).toEqual([1, 2, 0, 3, 4, 0, 0, 0, 0]);
});

test('a pixel becomes four', () => {
  const to = place(2, 2, 1);
  grow(place(1, 1, 2, [1, 10]), place(2, 2, 2, [1, 0, 0, 1, 2, 0, 0, 2]), place(1, 1, 1, [0.5]), to);

  expect([...to.numbers]).toEqual([1.5, 10.5, 2.5, 20.5]);
});
