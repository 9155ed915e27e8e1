// A word that was met in the lesson becomes a card, with its sentence.

import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { textOf, WordList } from '../src/classroom/word-list';

const fake = vi.hoisted(() => ({
  tools: {
    open: async () => undefined,
    classroom: { value: null as { doc: unknown } | null },
    status: { value: { isFull: false } },
  },
}));
vi.mock('../src/room/classroom/tools-state', () => ({ tools: fake.tools }));
vi.mock('../src/room/store/room-store', () => ({ ownRole: 'student' }));

const { addWord } = await import('../src/room/classroom/add-word');
let doc: Y.Doc;
const cards = () => new WordList(doc).read().map((card) => ({ ...textOf(card), by: card.by }));

beforeEach(() => {
  doc = new Y.Doc();
  fake.tools.classroom.value = { doc };
  fake.tools.status.value = { isFull: false };
});

test('with the sentence in which it was met', async () => {
  expect(await addWord('gato', 'El gato duerme.')).toBe(true);
  expect(cards()).toEqual([{ word: 'gato', meaning: '', example: 'El gato duerme.', by: 'student' }]);
});

test('a lesson that is full, or over before the tools came, takes none', async () => {
  fake.tools.status.value = { isFull: true };
  expect(await addWord('gato')).toBe(false);

  fake.tools.classroom.value = null;
  fake.tools.status.value = { isFull: false };
  expect(await addWord('gato')).toBe(false);
  expect(cards()).toEqual([]);
});
