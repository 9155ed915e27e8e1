// The vocabulary brings the quiz. What writes packages and takes ZIPs apart waits for the first press.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

const loaded = findLoadedWith('room/classroom/Vocabulary.tsx');

test('the words come with their quiz', () => {
  expect(loaded).toContain('room/classroom/Quiz.tsx');
  expect(loaded).toContain('classroom/quiz-rules.ts');
});

test('no package and no ZIP comes with them', () => {
  for (const part of ['anki-package.ts', 'sqlite-file.ts', 'lesson-page.ts', 'lesson-file.ts'])
    expect(loaded).not.toContain(`classroom/${part}`);
});
