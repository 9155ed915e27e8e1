// The keys in the captions.

import { expect, test } from 'vitest';
import { wordAt } from '../src/room/classroom/caption-keys';

test.each([
  ['from nowhere to the newest word', 5, -1, 'ArrowLeft', false, 4],
  ['back', 5, 3, 'ArrowLeft', false, 2],
  ['on', 5, 3, 'ArrowRight', false, 4],
  ['no further than the last', 5, 4, 'ArrowRight', false, null],
  ['no further than the first', 5, 0, 'ArrowLeft', false, null],
  ['from right to left the other way round', 5, 3, 'ArrowLeft', true, 4],
  ['to the first', 5, 3, 'Home', false, 0],
  ['to the last', 5, 0, 'End', true, 4],
  ['other keys scroll', 5, 3, 'ArrowUp', false, null],
  ['where there is no word', 0, -1, 'Home', false, null],
] as const)('%s', (_, count, at, key, isRightToLeft, next) => {
  expect(wordAt(count, at, key, isRightToLeft)).toBe(next);
});
