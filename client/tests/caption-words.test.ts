// The words of a caption.

import { afterEach, expect, test, vi } from 'vitest';
import { splitWords } from '../src/classroom/caption-words';

afterEach(() => vi.unstubAllGlobals());

const wordsOf = (text: string, language: string) =>
  splitWords(text, language).flatMap(({ text: piece, isWord }) => (isWord ? [piece] : []));

test.each([
  ['es', '¿Dónde está el murciélago?', ['Dónde', 'está', 'el', 'murciélago']],
  ['fr', 'J’ai vu l’école.', ['J’ai', 'vu', 'l’école']],
  ['ar', 'القطة تنام، هنا.', ['القطة', 'تنام', 'هنا']],
  ['ja', '猫が好きです。', ['猫', 'が', '好き', 'です']],
  ['', 'a b', ['a', 'b']],
  ['zz-zzzz-zzzzzzzz-zzzzzzzz-zz', 'a b', ['a', 'b']],
])('in %s', (language, text, words) => {
  expect(wordsOf(text, language)).toEqual(words);
  expect(
    splitWords(text, language)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test('a lesson of many languages keeps few segmenters, and goes on', () => {
  for (let count = 0; count < 30; count += 1) {
    expect(wordsOf('uno dos', `es-${String(count).padStart(3, '0')}`)).toEqual(['uno', 'dos']);
  }
});

test('a browser without segmenter gives what stands between spaces', () => {
  vi.stubGlobal('Intl', {});

  expect(wordsOf('Hola,  mundo.', 'old')).toEqual(['Hola,', 'mundo.']);
});
