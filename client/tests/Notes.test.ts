// The notes bring an editor of 70 KB, so nothing brings them but their tab, when it is first opened.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('the notes come with the editor and its bar', () => {
  const loaded = findLoadedWith('room/classroom/Notes.tsx');

  for (const part of [
    'classroom/notes-editor.ts',
    'classroom/notes-guard.ts',
    'room/classroom/NotesBar.tsx',
  ]) {
    expect(loaded).toContain(part);
  }
});

test('neither the page nor what follows it brings them', () => {
  for (const start of ['room/Room.tsx', 'room/later.ts']) {
    expect(findLoadedWith(start)).not.toContain('room/classroom/Notes.tsx');
  }
});
