// What is kept for a board that is still loading.

import { expect, test } from 'vitest';
import { theirPointer, theirView } from '../src/room/classroom/board-news';

test('at first the other person points nowhere, and wants nobody to look', () => {
  expect(theirPointer.value).toHaveLength(0);
  expect(theirView.value).toBeNull();
});
