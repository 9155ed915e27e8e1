import { expect, test } from 'vitest';
import { fitOf } from '../src/room/stage/fit';

test('a picture is cut only while little is lost', () => {
  const [wide, tv, upright] = [16 / 9, 4 / 3, 9 / 16];

  expect([fitOf(wide, wide), fitOf(tv, wide), fitOf(wide, 1.25)]).toEqual(['cover', 'cover', 'cover']);
  expect([fitOf(upright, wide), fitOf(wide, upright)]).toEqual(['contain', 'contain']);
  expect([fitOf(Number.NaN, wide), fitOf(wide, 0)]).toEqual(['cover', 'cover']);
});
