// The quiz is for one person: it brings nothing that writes into the document or sends.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('the quiz knows the words that it is given, and no document', () => {
  const loaded = findLoadedWith('room/classroom/Quiz.tsx');

  expect(loaded).toContain('classroom/quiz-rules.ts');
  for (const part of ['classroom/classroom.ts', 'room/classroom/tools-state.ts'])
    expect(loaded).not.toContain(part);
});
