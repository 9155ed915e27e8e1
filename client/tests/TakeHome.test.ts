// What is taken home is loaded at the end of a lesson, and brings no editor.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

const loaded = findLoadedWith('room/classroom/TakeHome.tsx');

test('it brings the files and the quiz', () => {
  for (const part of [
    'classroom/lesson-page.ts',
    'room/classroom/lesson-parts.ts',
    'room/classroom/Quiz.tsx',
  ])
    expect(loaded).toContain(part);
});

test('the notes are read without their editor', () => {
  for (const part of ['notes-editor.ts', 'notes-schema.ts'])
    expect(loaded).not.toContain(`classroom/${part}`);
});
