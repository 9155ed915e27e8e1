// What a person hears of a file that they opened.

import { expect, test } from 'vitest';
import { wordsOf } from '../src/room/classroom/OpenLesson';
import { findLoadedWith } from './source-tree';

const done = (cards: number, hasNotes: boolean, isFull: boolean) =>
  wordsOf({ kind: 'done', continued: { cards, hasNotes, isFull } });

test('nothing is said before there is a file, nor while the person is asked', () => {
  expect(wordsOf({ kind: 'none' })).toBe('');
});

test('what came of it is said in a sentence, and what had no room in another', () => {
  expect(done(3, false, false)).toBe('It is in this lesson now.');
  expect(done(0, true, true)).toBe('It is in this lesson now. Not all of it had room.');
  expect(done(0, false, false)).toBe('All of it is here already.');
  expect(done(0, false, true)).toBe('Not all of it had room.');
});

test.each([
  ['wrong', 'This is not a lesson’s file. Choose the ZIP that was saved at a lesson’s end.'],
  ['large', 'This file is too large.'],
  ['newer', 'A newer version saved this file. Reload the page and try again.'],
  ['failed', 'That did not work. Please try again.'],
] as const)('a file that is %s says so', (problem, words) => {
  expect(wordsOf({ kind: 'refused', problem })).toBe(words);
});

test('what takes a ZIP apart comes with the first file', () => {
  expect(findLoadedWith('room/classroom/OpenLesson.tsx')).not.toContain('classroom/lesson-file.ts');
});
