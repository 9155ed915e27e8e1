// A lesson's file: out of one lesson and into the next. And what comes from anywhere else is refused.

import fc from 'fast-check';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  continueLesson,
  FILE_BYTES_MAX,
  FileRefused,
  LESSON_JSON,
  type LessonFile,
  receiveLessonFile,
  writeLessonFile,
} from '../src/classroom/lesson-file';
import { readBlocks } from '../src/classroom/note-blocks';
import { NOTES_SIZE_MAX, notesOf } from '../src/classroom/notes-values';
import { CARDS_MAX, textOf, WordList } from '../src/classroom/word-list';

const LESSON: LessonFile = {
  startMs: 1_796_035_358_000,
  language: 'es',
  cards: [{ word: 'gato', meaning: 'cat', example: '', by: 'tutor' }],
  notes: [{ kind: 'paragraph', spans: [{ text: 'Hola' }] }],
};

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const zipOf = (value: unknown) => zipSync({ [LESSON_JSON]: encode(value), 'notes.md': encode('x') });
const wordsIn = (doc: Y.Doc) => new WordList(doc).read().map((card) => textOf(card).word);

function problemOf(zip: Uint8Array): string {
  try {
    receiveLessonFile(zip);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(FileRefused);
    return (error as FileRefused).problem;
  }
}

test('words and notes go on in the next lesson', () => {
  const doc = new Y.Doc();
  new WordList(doc).add({ word: 'hoy', meaning: 'today', example: '' }, 'student');

  const lesson = receiveLessonFile(zipSync({ [LESSON_JSON]: writeLessonFile(LESSON) }));
  const continued = continueLesson(doc, lesson);

  expect(lesson).toEqual(LESSON);
  expect(continued).toEqual({ cards: 1, hasNotes: true, isFull: false });
  expect(wordsIn(doc)).toEqual(['hoy', 'gato']);
  expect(readBlocks(notesOf(doc))).toEqual(LESSON.notes);
});

test('opened twice it is there once', () => {
  const doc = new Y.Doc();
  continueLesson(doc, LESSON);

  expect(continueLesson(doc, LESSON)).toEqual({ cards: 0, hasNotes: false, isFull: false });
  expect(wordsIn(doc)).toEqual(['gato']);
  expect(readBlocks(notesOf(doc))).toHaveLength(1);
});

test('it goes to the other page as one edit', () => {
  const [doc, other] = [new Y.Doc(), new Y.Doc()];
  let edits = 0;
  doc.on('update', (update: Uint8Array) => {
    edits += 1;
    Y.applyUpdate(other, update);
  });

  continueLesson(doc, LESSON);

  expect(edits).toBe(1);
  expect(wordsIn(other)).toEqual(['gato']);
});

test('what has no room is told, and what was there stays', () => {
  const doc = new Y.Doc();
  const many = Array.from({ length: CARDS_MAX - 1 }, (_, at) => ({
    word: `${at}`,
    meaning: '',
    example: '',
    by: '',
  }));
  continueLesson(doc, { ...LESSON, cards: many, notes: [] });
  const two = ['a', 'b'].map((word) => ({ word, meaning: '', example: '', by: '' }));
  const long = [{ kind: 'paragraph' as const, spans: [{ text: 'x'.repeat(NOTES_SIZE_MAX - 8) }] }];

  expect(continueLesson(doc, { ...LESSON, cards: two, notes: [] })).toMatchObject({ cards: 1, isFull: true });
  expect(continueLesson(doc, { ...LESSON, cards: [], notes: long }).isFull).toBe(false);
  expect(continueLesson(doc, { ...LESSON, cards: [] })).toMatchObject({ hasNotes: false, isFull: true });
});

test.each([
  ['no ZIP', new Uint8Array(1_000)],
  ['nothing', new Uint8Array()],
  ['a ZIP of something else', zipSync({ 'x.txt': encode('x') })],
  ['a lesson in a folder', zipSync({ [`../${LESSON_JSON}`]: encode({ version: 1, ...LESSON }) })],
  ['no JSON', zipSync({ [LESSON_JSON]: new Uint8Array([1, 2, 3]) })],
  ['nothing in it', zipOf(null)],
  ['a list', zipOf([])],
  ['no version', zipOf(LESSON)],
  ['a card that is none', zipOf({ version: 1, ...LESSON, cards: [{ word: 7 }] })],
  [
    'a word without end',
    zipOf({ version: 1, ...LESSON, cards: [{ word: 'x'.repeat(501), meaning: '', example: '', by: '' }] }),
  ],
  [
    'words without end',
    zipOf({ version: 1, ...LESSON, cards: Array.from({ length: CARDS_MAX + 1 }, () => LESSON.cards[0]) }),
  ],
  ['notes that are none', zipOf({ version: 1, ...LESSON, notes: [{ kind: 'script' }] })],
  ['a time that no clock has', zipOf({ version: 1, ...LESSON, startMs: 8_640_000_000_000_001 })],
  ['half of a ZIP', zipOf({ version: 1, ...LESSON }).slice(0, 120)],
])('%s is no lesson', (_name, zip) => {
  expect(problemOf(zip)).toBe('wrong');
});

test('a later version says so', () => {
  expect(problemOf(zipOf({ version: 2, somethingElse: true }))).toBe('newer');
});

test('few bytes that are many are not unpacked', () => {
  const bomb = zipSync({ [LESSON_JSON]: new Uint8Array(9 * 1_048_576) }, { level: 9 });

  expect(bomb.byteLength).toBeLessThan(20_000);
  expect(problemOf(bomb)).toBe('large');
});

test('bytes that say that they are few, and are many, are unpacked no further than they said', () => {
  const bomb = zipSync({ [LESSON_JSON]: new Uint8Array(64 * 1_048_576) }, { level: 9 });
  // The size that a file is said to have, in its own head and in the list at the end.
  const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.byteLength);
  for (let at = 0; at + 4 <= bomb.byteLength; at += 1)
    if (view.getUint32(at, true) === 64 * 1_048_576) view.setUint32(at, 100, true);

  expect(problemOf(bomb)).toBe('wrong');
});

test('a list that says that it has four billion names is not read to its end', () => {
  const zip = new Uint8Array(98);
  const view = new DataView(zip.buffer);
  view.setUint32(0, 0x6064b50, true); // the end as a ZIP64 has it (APPNOTE 4.3.14), where it is, and the end as every ZIP has it
  view.setUint32(32, 0xffff_ffff, true);
  view.setUint32(56, 0x7064b50, true);
  view.setUint32(76, 0x6054b50, true);
  view.setUint16(84, 1, true);

  expect(problemOf(zip)).toBe('wrong');
});

test('a file that is too large is not looked into', () => {
  expect(problemOf({ byteLength: FILE_BYTES_MAX + 1 } as Uint8Array)).toBe('large');
});

test('any bytes, and any byte changed, are a lesson or are refused', () => {
  const whole = zipOf({ version: 1, ...LESSON });

  fc.assert(
    fc.property(fc.nat(whole.byteLength - 1), fc.nat(255), (at, byte) => {
      const changed = Uint8Array.from(whole);
      changed[at] = byte;
      problemOf(changed);
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void problemOf(bytes)));
});

test('what another page made too long is cut, so that the file can be read again', () => {
  const cards = Array.from({ length: CARDS_MAX + 5 }, () => ({
    word: 'x'.repeat(600),
    meaning: '',
    example: '',
    by: 'x'.repeat(600),
  }));
  const notes = [LESSON.notes, LESSON.notes].flat().concat({
    kind: 'paragraph',
    spans: [{ text: 'x'.repeat(NOTES_SIZE_MAX) }],
  });

  const lesson = receiveLessonFile(
    zipSync({ [LESSON_JSON]: writeLessonFile({ startMs: null, language: 'x'.repeat(99), cards, notes }) }),
  );

  expect([lesson.cards.length, lesson.notes.length]).toEqual([CARDS_MAX, 2]);
});
