// Where a picture and a page are put.

import { expect, test } from 'vitest';
import { isFixed, placePage, placePicture } from '../src/classroom/board-places';
import { jpegOf, PICTURE, STROKE } from './board-drawings';

const SEEN = { left: 0, top: 0, right: 1_000, bottom: 500 };
const SMALL = { jpeg: jpegOf(30, 20), across: 30, down: 20 };
const SHEET = { jpeg: jpegOf(1_076, 1_522), across: 1_076, down: 1_522 };

test('a small picture stays as it is, in the middle of what is seen', () => {
  expect(placePicture(SMALL, SEEN)).toMatchObject({ x: 485, y: 240, across: 30, down: 20 });
});

test('a large one covers no more than most of the window', () => {
  const { across, down } = placePicture(SHEET, SEEN);

  expect(down).toBeCloseTo(350);
  expect(across / down).toBeCloseTo(1_076 / 1_522);
});

test('the first page is in the middle, and the next beside it, both fixed', () => {
  const first = { ...placePage(SHEET, [STROKE, PICTURE], SEEN), key: 'page', z: -1 };
  const second = placePage(SHEET, [STROKE, first], SEEN);

  expect([first.down, first.y]).toEqual([1_200, -350]);
  expect(second.x).toBeCloseTo(first.x + first.across + 40, 0);
  expect(second.y).toBe(first.y);
  expect([first, PICTURE, STROKE].map(isFixed)).toEqual([true, false, false]);
});

test('at the edge of the board a page still has a place on it', () => {
  const far = { ...PICTURE, isFixed: true as const, x: 100_000 };

  expect(placePage(SHEET, [far], SEEN).x).toBe(100_000);
});
