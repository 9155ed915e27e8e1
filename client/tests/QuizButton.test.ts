// The button is small: the quiz comes with who shows it.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('the button does not bring the quiz', () => {
  expect(findLoadedWith('room/classroom/QuizButton.tsx')).not.toContain('room/classroom/Quiz.tsx');
});
