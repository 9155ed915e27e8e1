// What a person takes home of a lesson, in their language.

import { signal } from '@preact/signals';
import { unzipSync } from 'fflate';
import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { receiveLessonFile } from '../src/classroom/lesson-file';
import { addBlocks } from '../src/classroom/note-blocks';
import { notesOf } from '../src/classroom/notes-values';
import { WordList } from '../src/classroom/word-list';

const START_MS = Date.UTC(2026, 10, 30, 12);

vi.mock('../src/room/store/room-store', () => ({
  link: { room: 'room-1', role: 'student', language: 'es', sessionStart: null },
  state: signal({
    me: { name: 'Ana' },
    session: { id: 'room-1', start: START_MS, language: 'es' },
    outcome: null,
  }),
}));

const { metName } = await import('../src/room/classroom/tools-state');
const { headingsOf, packLesson, readLesson, writePage } = await import('../src/room/classroom/lesson-parts');

beforeEach(() => vi.stubGlobal('document', { documentElement: { dir: 'rtl' } }));

function makeDoc(): Y.Doc {
  const doc = new Y.Doc();
  const words = new WordList(doc);
  words.add({ word: '=gato', meaning: '<i>cat</i>', example: '' }, 'tutor');
  words.add({ word: 'perro', meaning: '', example: '' }, 'nobody');
  addBlocks(notesOf(doc), [
    { kind: 'heading', level: 1, spans: [{ text: 'Los ' }, { text: 'animales', strong: true }] },
    { kind: 'heading', level: 2, spans: [{ text: ' ' }] },
    { kind: 'paragraph', spans: [{ text: 'Hola' }] },
  ]);
  return doc;
}

const CHAT = [{ id: '1', role: 'tutor' as const, text: '<script>', timestamp: START_MS }];

test('the first headings that say something are what was learned', () => {
  const lesson = readLesson(makeDoc(), []);

  expect(headingsOf(lesson, 3)).toEqual(['Los animales']);
  expect(headingsOf(lesson, 0)).toEqual([]);
});

test('a document in which nobody wrote, and no document, are nothing', () => {
  const doc = new Y.Doc();
  addBlocks(notesOf(doc), [{ kind: 'paragraph', spans: [] }]);

  const nothing = { cards: [], notes: [], chat: [], board: [], pictures: [] };
  expect(readLesson(doc, [])).toEqual(nothing);
  expect(readLesson(null, [])).toEqual(nothing);
});

test('everything is in the ZIP, and the next lesson can read it', async () => {
  const lesson = readLesson(makeDoc(), CHAT);

  const [name, zip] = await packLesson(lesson);
  const files = unzipSync(zip);

  expect(name).toMatch(/^Lesson of .*2026/);
  expect(Object.keys(files)).toEqual([
    'lesson.json',
    `${name}.html`,
    'Notes.md',
    'Vocabulary.csv',
    'Vocabulary.apkg',
    'Chat.txt',
  ]);
  expect(receiveLessonFile(zip)).toMatchObject({ startMs: START_MS, language: 'es', cards: lesson.cards });
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(files['Vocabulary.csv'])).toBe(
    '\uFEFF"Word or phrase","Meaning","Example sentence","Added by"\r\n"\'=gato","<i>cat</i>","","Tutor"\r\n"perro","","",""\r\n',
  );
});

test('the page has the names, the direction, and everything as text', async () => {
  metName.value = '<b>Luis</b>';

  const [, page] = await writePage(readLesson(makeDoc(), CHAT));

  expect(page).toContain('<html lang="en" dir="rtl">');
  expect(page).toContain('Ana · &lt;b&gt;Luis&lt;/b&gt;');
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<i>|<b>/);
});

test('a part without anything in it is left out', async () => {
  const [, zip] = await packLesson(readLesson(null, CHAT));

  expect(Object.keys(unzipSync(zip)).filter((name) => !name.endsWith('.html'))).toEqual([
    'lesson.json',
    'Chat.txt',
  ]);
});
