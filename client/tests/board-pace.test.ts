// How much of a board is painted in a frame.

import { expect, test } from 'vitest';
import { BoardPace } from '../src/classroom/board-pace';

/** Paint frames that come *everyMs* and take what *tookMs* says of their shapes; returns how many shapes each had. */
function paint(pace: BoardPace, frames: number, everyMs: number, tookMs: (shapes: number) => number) {
  return Array.from({ length: frames }, (_, frame) => {
    const hasTime = pace.begin(frame * everyMs, () => frame * everyMs);
    let shapes = 0;
    while (hasTime()) shapes += 1;
    pace.hear(tookMs(shapes));
    return shapes;
  });
}

test('where the browser paints on this thread, the frames settle below their time and stay there', () => {
  const tookMs = (shapes: number) => 2 + shapes / 20;
  const settled = paint(new BoardPace(), 200, 16.7, tookMs).slice(20);

  expect(Math.max(...settled.map(tookMs))).toBeLessThanOrEqual(12);
  expect(Math.min(...settled)).toBeGreaterThan(60);
});

test('where it paints elsewhere, many are painted at once', () => {
  expect(Math.max(...paint(new BoardPace(), 30, 16.7, () => 1))).toBe(4_000);
});

test('late frames have fewer at once, and more again slowly', () => {
  const pace = new BoardPace();
  expect(paint(pace, 5, 100, () => 14)[4]).toBe(40);
  pace.rest();
  const after = paint(pace, 10, 16.7, () => 1);

  expect(Math.max(...after)).toBeLessThan(60);
});

test('one frame of many milliseconds makes the next ones small, and what waited before is not late', () => {
  const pace = new BoardPace();
  const [first] = paint(pace, 1, 16.7, () => 120);
  expect([first, pace.shapes]).toEqual([120, 40]);

  const other = new BoardPace();
  other.begin(0, () => 0);
  other.rest();
  other.begin(5_000, () => 5_000);
  expect(other.shapes).toBe(120);
});

test('a shape that takes long is the last of its frame', () => {
  let nowMs = 0;
  const hasTime = new BoardPace().begin(0, () => {
    nowMs += 4;
    return nowMs;
  });

  expect([hasTime(), hasTime(), hasTime()]).toEqual([true, false, false]);
});
