// The vocabulary of two pages, and what a page may find there that is no card.

import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { CARDS_MAX, type Card, FIELD_CHARACTERS_MAX, textOf, WordList } from '../src/classroom/word-list';

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

/** What a page may name as who added a card: none of it becomes text. */
const NOBODY = [{ toString: 1, valueOf: 2 }, [[]], 7, true, null, new Uint8Array(2)];

test('a card whose author is no text has none, and can be read', () => {
  const { doc, words } = make();
  const onChange = vi.fn(() => words.read());
  words.subscribe(onChange);
  for (const by of NOBODY) {
    const hostile = new Y.Doc();
    const fields = ['word', 'meaning', 'example'].map((name) => [name, new Y.Text(name)] as const);
    hostile.getArray('vocabulary').push([new Y.Map<unknown>([['by', by], ...fields])]);

    Y.applyUpdate(doc, Y.encodeStateAsUpdate(hostile));
  }

  expect(onChange).toHaveBeenCalledTimes(NOBODY.length);
  expect(words.read().map(({ by }) => by)).toEqual(NOBODY.map(() => ''));
});

test('a text of XML is no field: it reads as its tags', () => {
  const { doc, words } = make();
  const word = new Y.XmlText('gato');
  const hostile = new Y.Doc();
  const others = ['meaning', 'example'].map((name) => [name, new Y.Text()] as const);
  hostile.getArray('vocabulary').push([new Y.Map<unknown>([['word', word], ...others])]);
  word.format(0, 4, { a: { toString: 1, valueOf: 2 } });

  Y.applyUpdate(doc, Y.encodeStateAsUpdate(hostile));

  expect(words.read()).toEqual([]);
});

test('of a text that is longer than a field the beginning is read', () => {
  const { words } = make();
  words.add(card('.'.repeat(1_000_000)), 'student');

  expect(textOf(firstOf(words)).word).toBe('.'.repeat(FIELD_CHARACTERS_MAX));
});

test('five thousand cards that change at once are heard once', () => {
  const { doc, words } = make();
  const hostile = new Y.Doc();
  const list = hostile.getArray<Y.Map<unknown>>('vocabulary');
  list.push(Array.from({ length: 5_000 }, () => new Y.Map<unknown>()));
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(hostile));
  const before = Y.encodeStateVector(hostile);
  hostile.transact(() => list.forEach((each) => void each.set('x', 1)));
  const onChange = vi.fn();
  words.subscribe(onChange);

  Y.applyUpdate(doc, Y.encodeStateAsUpdate(hostile, before));

  expect(onChange).toHaveBeenCalledTimes(1);
});
