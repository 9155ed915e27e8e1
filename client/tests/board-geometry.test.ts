// Where shapes lie, and what an eraser meets.

import { describe, expect, test } from 'vitest';
import {
  boundsOf,
  covers,
  grow,
  headAt,
  meets,
  overlap,
  shareIn,
  unite,
  without,
} from '../src/classroom/board-geometry';
import { ARROW, BOX, PICTURE, SHAPES, STROKE, TEXT } from './board-drawings';

test.each(SHAPES.map((shape) => [shape.kind, shape] as const))('a %s lies around its place', (_, shape) => {
  const { left, top, right, bottom } = boundsOf(shape);

  expect(left).toBeLessThanOrEqual(10);
  expect(right).toBeGreaterThan(10);
  expect(top).toBeLessThanOrEqual(20);
  expect(bottom).toBeGreaterThan(20);
});

test('two lines of a text are higher than one, and Japanese is broader', () => {
  const [one, two, wide] = [TEXT, { ...TEXT, text: 'el\ngato' }, { ...TEXT, text: '日本語日本語日' }].map(
    boundsOf,
  );

  expect(two?.bottom).toBeGreaterThan(one?.bottom ?? 0);
  expect(wide?.right).toBeGreaterThan(one?.right ?? 0);
});

test('rectangles are united, grown and compared', () => {
  const [one, other] = [
    { left: 0, top: 0, right: 1, bottom: 1 },
    { left: 3, top: 3, right: 4, bottom: 4 },
  ];

  expect(unite([])).toBeNull();
  expect(unite([one, other])).toEqual({ left: 0, top: 0, right: 4, bottom: 4 });
  expect(overlap(one, other)).toBe(false);
  expect(overlap(grow(one, 2), other)).toBe(true);
});

test('what one rectangle leaves of another is beside it, above or below', () => {
  const [one, other] = [
    { left: 0, top: 0, right: 10, bottom: 10 },
    { left: -5, top: 4, right: 8, bottom: 20 },
  ];

  expect(covers(one, { left: 1, top: 1, right: 10, bottom: 9 })).toBe(true);
  expect(covers(one, other)).toBe(false);
  expect(without(one, other)).toEqual([
    { left: 8, top: 0, right: 10, bottom: 10 },
    { left: 0, top: 0, right: 10, bottom: 4 },
  ]);
  expect(without(one, one)).toEqual([]);
  expect(without(one, { left: 20, top: 0, right: 30, bottom: 9 })).toEqual([one]);
});

describe('an eraser', () => {
  test.each([
    ['a stroke that it crosses', STROKE, { x: 55, y: 0 }, { x: 55, y: 90 }, true],
    ['a stroke that it comes near', STROKE, { x: 25, y: 26 }, { x: 25, y: 30 }, true],
    ['nothing of a stroke that it only surrounds', STROKE, { x: 12, y: 58 }, { x: 20, y: 58 }, false],
    ['a line between two of its points', ARROW, { x: 60, y: 0 }, { x: 60, y: 90 }, true],
    ['a box at its side', BOX, { x: 10, y: 60 }, { x: 10, y: 60 }, true],
    ['nothing of a box inside of it', BOX, { x: 60, y: 60 }, { x: 62, y: 62 }, false],
    ['a text anywhere in it', TEXT, { x: 40, y: 35 }, { x: 40, y: 35 }, true],
    ['a picture anywhere in it', PICTURE, { x: 200, y: 100 }, { x: 200, y: 100 }, true],
    ['nothing that is elsewhere', PICTURE, { x: 900, y: 100 }, { x: 900, y: 100 }, false],
  ] as const)('meets %s', (_, shape, from, to, isMet) => {
    expect(meets(shape, from, to, 4)).toBe(isMet);
  });

  test('meets a stroke of a single point', () => {
    const dot = { ...STROKE, points: [{ x: 10, y: 20, pressure: 0 }] };

    expect(meets(dot, { x: 11, y: 20 }, { x: 11, y: 20 }, 4)).toBe(true);
  });
});

test('an arrow’s head lies behind its tip on both sides', () => {
  const [one, other] = headAt({ x: 0, y: 0 }, { x: 100, y: 0 }, 6);

  expect(one.x).toBeLessThan(100);
  expect(one.x).toBeCloseTo(other.x);
  expect(one.y).toBeCloseTo(-other.y);
});

test('a share is between nothing and all, also of what has no size', () => {
  const whole = { left: 0, top: 0, right: 10, bottom: 10 };

  expect(shareIn(whole, whole)).toBe(1);
  expect(shareIn(whole, { ...whole, right: 20 })).toBe(0.5);
  expect(shareIn(whole, { left: 20, top: 20, right: 30, bottom: 30 })).toBe(0);
  expect(shareIn(whole, { ...whole, right: 0 })).toBe(0);
});
