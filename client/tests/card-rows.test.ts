// The vocabulary as rows, for a file and for the clipboard.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { WordList } from '../src/classroom/word-list';
import { rowsOf, writeCard } from '../src/room/classroom/card-rows';

test('a row has the texts of its card and who added it, in words; a role that is none is left out', () => {
  const words = new WordList(new Y.Doc());
  words.add({ word: 'gato', meaning: 'cat', example: 'El gato duerme.' }, 'tutor');
  words.add({ word: 'perro', meaning: '', example: '' }, '<b>admin</b>');

  expect(rowsOf(words.read().map(writeCard))).toEqual([
    ['gato', 'cat', 'El gato duerme.', 'Tutor'],
    ['perro', '', '', ''],
  ]);
});
