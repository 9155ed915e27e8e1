// The end's screen is there before what is taken home.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('neither the page nor what follows it brings the files of a lesson', () => {
  for (const start of ['room/Room.tsx', 'room/later.ts']) {
    const loaded = findLoadedWith(start);
    expect(loaded).not.toContain('room/classroom/TakeHome.tsx');
    expect(loaded).not.toContain('classroom/word-list.ts');
  }
  expect(findLoadedWith('room/later.ts')).toContain('room/classroom/LazyTakeHome.tsx');
});
