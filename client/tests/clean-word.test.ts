// A word that was typed or selected.

import { expect, test } from 'vitest';
import { cleanWord, WORD_CHARACTERS_MAX } from '../src/classroom/clean-word';

test.each([
  ['  el   gato\n', 'el gato'],
  ['\t \n', ''],
  ['日本語', '日本語'],
])('%j becomes %j', (text, word) => {
  expect(cleanWord(text)).toBe(word);
});

test('what is too long ends at a whole character', () => {
  expect(cleanWord('😀'.repeat(300))).toBe('😀'.repeat(WORD_CHARACTERS_MAX));
});
