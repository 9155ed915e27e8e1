import { expect, test } from 'vitest';
import { fitOf } from '../src/room/stage/fit';

test('a picture is cut at its sides, and of its height only little', () => {
  const [wide, tv, upright] = [16 / 9, 4 / 3, 9 / 16];

  expect([fitOf(wide, wide), fitOf(tv, wide), fitOf(wide, 1.25)]).toEqual(['cover', 'cover', 'cover']);
  expect([fitOf(upright, wide), fitOf(upright, tv)]).toEqual(['contain', 'contain']);
  expect([fitOf(wide, upright), fitOf(tv, upright)]).toEqual(['cover', 'cover']);
  expect([fitOf(Number.NaN, wide), fitOf(wide, 0)]).toEqual(['cover', 'cover']);
});
