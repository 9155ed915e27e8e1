// The board's tools: one name for each, in each language, and loaded with the board alone.

import { expect, test } from 'vitest';
import { TOOLS } from '../src/classroom/board-hand';
import { COLOURS, WIDTHS } from '../src/classroom/board-shapes';
import english from '../src/i18n/en.json';
import { findLoadedWith } from './source-tree';

test('each tool, colour and width has a name, and no two have the same', () => {
  const names = [...TOOLS, ...COLOURS, ...WIDTHS].map(
    (name) => english[`board.${name}` as keyof typeof english],
  );

  expect(names.every((name) => typeof name === 'string')).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test('the bar does not come before the board', () => {
  expect(findLoadedWith('room/classroom/Board.tsx')).toContain('room/classroom/BoardBar.tsx');
  expect(findLoadedWith('room/later.ts')).not.toContain('room/classroom/BoardBar.tsx');
});
