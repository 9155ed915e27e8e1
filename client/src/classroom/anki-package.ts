// Writes cards as a package for Anki (.apkg): a ZIP with a collection of schema 11, which every Anki since 2.1 takes in. Law: what a
// person wrote is text there: no HTML, no sound file, no LaTeX, which Anki would run.

import { zipSync } from 'fflate';
import { type Table, writeSqlite } from './sqlite-file';
import type { CardText } from './word-list';

export interface AnkiDeck {
  readonly name: string;
  /** The language that is learned, ISO 639-1; empty for none. */
  readonly language: string;
  /** What the fields are called in Anki's windows: word, meaning, example. */
  readonly fields: readonly [word: string, meaning: string, example: string];
  readonly cards: readonly CardText[];
}

/** Between the fields of a note. */
const SEPARATOR = '\x1f';

/** Where Anki's own ids are milliseconds since 1970, these are of a year without Anki: they meet no other's. */
const DECK_ID = 1_000_000_000_000;
const MODEL_ID = 1_000_100_000_000;

const CREATE = {
  col:
    'CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL, scm integer NOT NULL, ver integer NOT NULL, ' +
    'dty integer NOT NULL, usn integer NOT NULL, ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL, ' +
    'dconf text NOT NULL, tags text NOT NULL)',
  notes:
    'CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, ' +
    'tags text NOT NULL, flds text NOT NULL, sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL)',
  cards:
    'CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, ord integer NOT NULL, mod integer NOT NULL, ' +
    'usn integer NOT NULL, type integer NOT NULL, queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, ' +
    'factor integer NOT NULL, reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL, ' +
    'odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL)',
  revlog:
    'CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL, ivl integer NOT NULL, ' +
    'lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL)',
  graves: 'CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL)',
} as const;

const CSS =
  '.card { font-family: sans-serif; font-size: 1.5rem; text-align: center; } .example { font-size: 1.1rem; }';

/** Write *deck* as a package. Cards without a word are left out. *nowMs* is when its notes were changed. */
export async function writeAnkiPackage(deck: AnkiDeck, nowMs: number): Promise<Uint8Array> {
  const texts = deck.cards.map(clean).filter(({ word }) => word !== '');
  const notes = await Promise.all(texts.map((text, at) => makeNote(text, deck.language, nowMs, at)));
  const collection = writeSqlite([
    makeTable('col', [[1, writeCollection(deck, nowMs)]]),
    makeTable('notes', notes),
    makeTable(
      'cards',
      texts.flatMap(({ meaning }, at) => makeCards(meaning !== '', nowMs, at)),
    ),
    makeTable('revlog', []),
    makeTable('graves', []),
  ]);
  return zipSync({ 'collection.anki2': collection, media: new TextEncoder().encode('{}') });
}

type Rows = Table['rows'];
type Row = Rows[number];

function makeTable(name: keyof typeof CREATE, rows: Rows): Table {
  return { name, sql: CREATE[name], rows };
}

/** The same word of the same language is the same note in Anki, whichever lesson it comes from: who takes in a second package goes on
 * with what was learned. */
async function makeNote(text: CardText, language: string, nowMs: number, at: number): Promise<Row> {
  const word = text.word.normalize('NFC');
  const [guid, sum] = await Promise.all([hash(`${language}\n${word}`), hash(word)]);
  const fields = [text.word, text.meaning, text.example].map(toField).join(SEPARATOR);
  const seconds = Math.floor(nowMs / 1_000);
  const modelId = modelIdOf(language);
  const checksum = parseInt(sum.slice(0, 8), 16);
  return [nowMs + at, [null, guid, modelId, seconds, -1, '', fields, text.word, checksum, 0, '']];
}

/** The word on the front; where there is a meaning, a second card with that in front. */
function makeCards(hasMeaning: boolean, nowMs: number, at: number): Row[] {
  const seconds = Math.floor(nowMs / 1_000);
  return (hasMeaning ? [0, 1] : [0]).map((side) => [
    nowMs + 2 * at + side,
    [null, nowMs + at, DECK_ID, side, seconds, -1, 0, 0, at + 1, 0, 0, 0, 0, 0, 0, 0, 0, ''],
  ]);
}

function writeCollection(deck: AnkiDeck, nowMs: number): (string | number | null)[] {
  const model = makeModel(deck, nowMs);
  const conf = { activeDecks: [1], curDeck: 1, nextPos: deck.cards.length + 1, schedVer: 2, sched2021: true };
  const decks = {
    1: makeDeck(1, 'Default', nowMs),
    // Anki would make decks in decks of a name with `::`.
    [DECK_ID]: makeDeck(DECK_ID, deck.name.replace(/:{2,}/g, ':'), nowMs),
  };
  const json = [conf, { [model.id]: model }, decks, { 1: OPTIONS }, {}].map((each) => JSON.stringify(each));
  return [null, Math.floor(nowMs / 1_000), nowMs, nowMs, 11, 0, 0, 0, ...json];
}

function makeModel({ language, fields, name }: AnkiDeck, nowMs: number) {
  const [word, meaning, example] = fields.map(toFieldName) as [string, string, string];
  const place = placeOf(language);
  // Anki's own way to hear a field: the device's voice of that language.
  const voice = place === null ? '' : `{{tts ${place}:${word}}}`;
  const says = `<div lang="${language}">{{${word}}}</div>${voice}`;
  const means = `<div>{{${meaning}}}</div>`;
  const shows = `<div class="example" lang="${language}">{{${example}}}</div>`;
  const template = (ord: number, of: string, qfmt: string, back: string) => ({
    name: of,
    ord,
    qfmt,
    afmt: `{{FrontSide}}<hr id=answer>${back}${shows}`,
    bqfmt: '',
    bafmt: '',
    did: null,
  });
  return {
    id: modelIdOf(language),
    name,
    type: 0,
    mod: Math.floor(nowMs / 1_000),
    usn: -1,
    sortf: 0,
    did: DECK_ID,
    tmpls: [
      template(0, `${word} → ${meaning}`, says, means),
      template(1, `${meaning} → ${word}`, `{{#${meaning}}}${means}{{/${meaning}}}`, says),
    ],
    flds: [word, meaning, example].map((each, ord) => ({
      name: each,
      ord,
      sticky: false,
      rtl: false,
      font: 'Arial',
      size: 20,
      media: [],
    })),
    css: CSS,
    latexPre: '',
    latexPost: '',
    tags: [],
    vers: [],
    req: [
      [0, 'any', [0]],
      [1, 'all', [1]],
    ],
  };
}

function makeDeck(id: number, name: string, nowMs: number) {
  const today = [0, 0];
  return {
    id,
    name,
    mod: Math.floor(nowMs / 1_000),
    usn: -1,
    lrnToday: today,
    revToday: today,
    newToday: today,
    timeToday: today,
    collapsed: false,
    browserCollapsed: false,
    desc: '',
    dyn: 0,
    conf: 1,
    extendNew: 0,
    extendRev: 0,
  };
}

const OPTIONS = {
  id: 1,
  mod: 0,
  name: 'Default',
  usn: 0,
  maxTaken: 60,
  autoplay: true,
  timer: 0,
  replayq: true,
  new: { bury: false, delays: [1, 10], initialFactor: 2_500, ints: [1, 4, 0], order: 1, perDay: 20 },
  rev: { bury: false, ease4: 1.3, ivlFct: 1, maxIvl: 36_500, perDay: 200, hardFactor: 1.2 },
  lapse: { delays: [10], leechAction: 1, leechFails: 8, minInt: 1, mult: 0 },
  dyn: false,
} as const;

/** A language has a kind of note of its own, because its name is in how the cards are shown. */
function modelIdOf(language: string): number {
  return Array.from(language).reduce(
    (id, letter) => id + 1 + (letter.charCodeAt(0) % 32),
    MODEL_ID + 1_000 * language.length,
  );
}

/** Name *language* as Anki names voices: with the place where most speak it, `es_ES`. Null for what is no language. */
export function placeOf(language: string): string | null {
  if (!/^[a-z]{2,3}$/.test(language) || typeof Intl.Locale !== 'function') return null;
  const { region } = new Intl.Locale(language).maximize();
  return region === undefined ? null : `${language}_${region}`;
}

/** One line without the characters that have a meaning in Anki's files. */
function clean(text: CardText): CardText {
  const line = (given: string) =>
    [...given]
      .map((each) => (isControl(each) ? ' ' : each))
      .join('')
      .replace(/\s+/g, ' ')
      .trim();
  return { word: line(text.word), meaning: line(text.meaning), example: line(text.example) };
}

/** C0, DEL and C1. */
function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** Anki reads a field as HTML, and `[latex]`, `[sound:…]` and `[anki:…]` in it as commands. */
function toField(text: string): string {
  return text.replace(/[&<>"'[\]\\{}]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A field's name may not have what ends or begins a command in a card's template. */
function toFieldName(name: string): string {
  return name.replace(/[{}:#^/"]/g, '').trim();
}

/** SHA-1, because Anki finds what it has by that; nothing here is a secret. In hexadecimal digits. */
async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
