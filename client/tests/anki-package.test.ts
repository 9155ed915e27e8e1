// Cards as a package for Anki. That Anki itself takes it in is shown in tests/browser/test_take_home.py.

import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type AnkiDeck, placeOf, writeAnkiPackage } from '../src/classroom/anki-package';
import { openDatabase } from './open-database';

const NOW_MS = 1_796_035_358_000;

const DECK: AnkiDeck = {
  name: 'LangDAO es',
  language: 'es',
  fields: ['Word', 'Meaning', 'Example'],
  cards: [
    { word: 'gato', meaning: 'cat', example: 'El gato duerme.' },
    { word: 'perro', meaning: '', example: '' },
  ],
};

async function open(deck: AnkiDeck) {
  const files = unzipSync(await writeAnkiPackage(deck, NOW_MS));
  expect(Object.keys(files)).toEqual(['collection.anki2', 'media']);
  const database = openDatabase(files['collection.anki2'] ?? new Uint8Array());
  return (sql: string) => database.prepare(sql).all() as Record<string, unknown>[];
}

test('a word with a meaning has two cards, one without has one', async () => {
  const read = await open(DECK);

  expect(read('SELECT flds FROM notes ORDER BY id').map(({ flds }) => flds)).toEqual([
    'gato\x1fcat\x1fEl gato duerme.',
    'perro\x1f\x1f',
  ]);
  expect(read('SELECT ord FROM cards ORDER BY id').map(({ ord }) => ord)).toEqual([0, 1, 0]);
});

test('the word is heard by Anki’s own voice of the language, where it is asked for', async () => {
  const [col] = (await open(DECK))('SELECT models FROM col');
  const [model] = Object.values(
    JSON.parse(String(col?.['models'])) as Record<string, { tmpls: { qfmt: string; afmt: string }[] }>,
  );

  expect(model?.tmpls.map(({ qfmt }) => qfmt.includes('{{tts es_ES:Word}}'))).toEqual([true, false]);
  expect(model?.tmpls[1]?.afmt).toContain('{{tts es_ES:Word}}');
});

test('the same word of another lesson is the same note, of another language another one', async () => {
  const guids = async (deck: AnkiDeck) =>
    (await open(deck))('SELECT guid FROM notes').map(({ guid }) => guid);

  const [first] = await guids(DECK);
  const [again] = await guids({ ...DECK, cards: [{ word: 'gato', meaning: 'a cat', example: '' }] });
  const [other] = await guids({ ...DECK, language: 'it' });

  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test('what a person wrote is neither HTML nor a command to Anki', async () => {
  const nasty =
    '<img src=x onerror=alert(1)> [latex]\\input{/etc/passwd}[/latex] [sound:x.mp3] {{c1::x}} \x1f \0';

  const [note] = (await open({ ...DECK, cards: [{ word: nasty, meaning: nasty, example: nasty }] }))(
    'SELECT flds FROM notes',
  );

  expect(String(note?.['flds']).split('\x1f')).toHaveLength(3);
  expect(String(note?.['flds'])).not.toMatch(/[<>[\]{}\\\0]/);
});

test('whatever the cards, the package has those with a word, and each of its own', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const cards = fc.array(fc.record({ word: text, meaning: text, example: text }), { maxLength: 12 });

  await fc.assert(
    fc.asyncProperty(cards, async (some) => {
      const read = await open({ ...DECK, cards: some });
      const ids = read('SELECT id FROM notes');
      expect(ids.length).toBeLessThanOrEqual(some.length);
      expect(read('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      expect(read('SELECT id FROM cards WHERE nid NOT IN (SELECT id FROM notes)')).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('a deck’s name makes no decks in decks, and a field’s name ends no command', async () => {
  const [col] = (await open({ ...DECK, name: 'A::B', fields: ['Wo}}rd', 'Mean:ing', '#Example'] }))(
    'SELECT decks, models FROM col',
  );

  expect(col?.['decks']).toContain('"A:B"');
  expect(col?.['models']).toContain('{{Word}}');
});

test.each([
  ['es', 'es_ES'],
  ['en', 'en_US'],
  ['ja', 'ja_JP'],
  ['', null],
  ['" onload="', null],
])('the voices of %j are called %j', (language, place) => {
  expect(placeOf(language)).toBe(place);
});
