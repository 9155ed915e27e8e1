// What a screen reader is told of the board.

import { expect, test } from 'vitest';
import { countShapes } from '../src/room/classroom/desk-view';
import { BOX, PICTURE, STROKE, TEXT } from './board-drawings';

test('everything is counted, and texts are read from the top down and from the left', () => {
  const at = (x: number, y: number, text: string) => ({ ...TEXT, key: text, x, y, text });

  expect(countShapes([BOX, at(9, 5, 'c'), at(1, 5, 'b'), STROKE, at(50, 0, 'a')])).toEqual({
    count: 5,
    texts: ['a', 'b', 'c'],
    hasPage: false,
  });
});

test('a board full of texts is read in part', () => {
  const many = Array.from({ length: 300 }, (_, number) => ({ ...TEXT, key: String(number), y: number }));

  expect(countShapes(many).texts).toHaveLength(200);
  expect(countShapes([])).toEqual({ count: 0, texts: [], hasPage: false });
  expect(countShapes([BOX, { ...PICTURE, isFixed: true }]).hasPage).toBe(true);
});
