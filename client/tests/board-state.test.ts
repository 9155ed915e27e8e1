// Whether the board has the stage: the room knows it without loading anything of the board.

import { expect, test } from 'vitest';
import { isBoardOpen } from '../src/room/store/board-state';
import { findLoadedWith } from './source-tree';

test('it is closed at first, and is all that the stage loads of it', () => {
  expect(isBoardOpen.value).toBe(false);
  const loaded = [...findLoadedWith('room/stage/Stage.tsx')].filter((file) => /board/i.test(file));

  expect(loaded.filter((file) => !/keyboard/.test(file))).toEqual(['room/store/board-state.ts']);
});
