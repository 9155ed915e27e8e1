// The button is small: whatever makes the file comes with who uses it.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('it brings no file of a lesson', () => {
  const loaded = [...findLoadedWith('room/classroom/SaveButton.tsx')];

  expect(loaded.filter((module) => module.startsWith('classroom/'))).toEqual([]);
});
