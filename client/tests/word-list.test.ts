// The vocabulary of two pages, and what a page may find there that is no card.

import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { CARDS_MAX, type Card, textOf, WordList } from '../src/classroom/word-list';

function make(doc = new Y.Doc()) {
  return { doc, words: new WordList(doc) };
}

const card = (word: string, meaning = '', example = '') => ({ word, meaning, example });
const read = (words: WordList) => words.read().map(textOf);

function meet(one: Y.Doc, other: Y.Doc): void {
  Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
  Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
}

function firstOf(words: WordList): Card {
  const [first] = words.read();
  if (!first) throw new Error('no card');
  return first;
}

test('a card has its texts and who added it', () => {
  const { words } = make();
  words.add(card('gato', 'cat', 'El gato duerme.'), 'tutor');

  expect(read(words)).toEqual([card('gato', 'cat', 'El gato duerme.')]);
  expect(firstOf(words).by).toBe('tutor');
});

test('both write in one field at once, and nothing is lost', () => {
  const [one, other] = [make(), make()];
  one.words.add(card('gato'), 'student');
  meet(one.doc, other.doc);
  one.words.edit(firstOf(one.words).word, 'gato', 'el gato');
  other.words.edit(firstOf(other.words).word, 'gato', 'gato negro');
  meet(one.doc, other.doc);

  expect(read(one.words)).toEqual([card('el gato negro')]);
  expect(read(other.words)).toEqual(read(one.words));
});

test('a change of what the field showed keeps what came meanwhile', () => {
  const { words } = make();
  words.add(card('gato'), 'student');
  const { word } = firstOf(words);
  word.insert(0, 'un ');
  words.edit(word, 'gato', 'gatos');

  expect(word.toString()).toBe('un gatos');
});

test('both add at once, and both cards are there', () => {
  const [one, other] = [make(), make()];
  one.words.add(card('uno'), 'student');
  other.words.add(card('dos'), 'tutor');
  meet(one.doc, other.doc);

  expect(read(one.words)).toHaveLength(2);
  expect(read(one.words)).toEqual(read(other.words));
});

test('a card that is removed is gone, also when the other one moved it', () => {
  const { words } = make();
  words.add(card('uno'), 'student');
  words.add(card('dos'), 'student');
  const [uno, dos] = words.read();
  if (!uno || !dos) throw new Error('no cards');
  words.remove(uno);
  words.remove(uno);

  expect(read(words)).toEqual([card('dos')]);
  expect(firstOf(words).key).toBe(dos.key);
});

test('what is no card is not shown, and the cards beside it are', () => {
  const { doc, words } = make();
  const list = doc.getArray('vocabulary');
  list.push(['text', 7, null, { word: 'plain' }, new Y.Array(), new Y.Map([['word', 'no shared text']])]);
  words.add(card('real'), 'student');

  expect(read(words)).toEqual([card('real')]);
});

test('a list of a million is shown up to a bound, and takes no more', () => {
  const { doc, words } = make();
  for (let count = 0; count < CARDS_MAX; count += 1) words.add(card(`word ${count}`), 'student');

  expect(words.add(card('one more'), 'student')).toBe(false);

  doc.getArray('vocabulary').push([new Y.Map([['word', new Y.Text('forced')]])]);

  expect(words.read()).toHaveLength(CARDS_MAX);
});

test('every change is heard until nobody listens', () => {
  const { words } = make();
  const onChange = vi.fn();
  const stop = words.subscribe(onChange);
  words.add(card('uno'), 'student');
  words.edit(firstOf(words).meaning, '', 'one');
  stop();
  words.remove(firstOf(words));

  expect(onChange).toHaveBeenCalledTimes(2);
});
