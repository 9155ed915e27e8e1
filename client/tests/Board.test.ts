// What draws is loaded when the board is first opened, and by nothing else.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('one file brings all that draws', () => {
  const loaded = findLoadedWith('room/classroom/Board.tsx');

  for (const part of ['board-painter.ts', 'board-document.ts', 'board-hand.ts'])
    expect(loaded).toContain(`classroom/${part}`);
});

test.each(['room/main.tsx', 'room/later.ts', 'classroom/classroom.ts'])('%s brings none of it', (entry) => {
  const loaded = [...findLoadedWith(entry)];

  expect(
    loaded.filter((file) => /\/(Board\.tsx|board-(painter|hand|document|desk)\.ts)$/.test(file)),
  ).toEqual([]);
});
