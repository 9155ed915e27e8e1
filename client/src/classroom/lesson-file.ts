// The lesson as a file that the next lesson can open: `lesson.json` in the ZIP that a person keeps. Law: a file comes from anywhere. It
// is read within bounds and whole before anything of it is used, by the rules that hold for what another page sends.

import { type Unzipped, unzipSync } from 'fflate';
import type { Doc } from 'yjs';
import { count, FrameRefused, listOf, nullable, object, type Read, type Shape } from '../base/shapes';
import { addBlocks, type Block, cutBlocks, readBlocks, receiveBlocks, sizeOf } from './note-blocks';
import { NOTES_SIZE_MAX, notesOf } from './notes-values';
import { CARDS_MAX, FIELD_CHARACTERS_MAX, type FIELDS, textOf, WordList } from './word-list';

/** A page reads the files of this version and of those before. */
const VERSION = 1;

export const LESSON_JSON = 'lesson.json';

/** With pictures in it a file may be large; of the part that is read so much is taken. */
export const FILE_BYTES_MAX = 256 * 1_048_576;
const JSON_BYTES_MAX = 8 * 1_048_576;

/** A lesson's ZIP has its pictures and some ten files besides. The list of a ZIP may say that four billion follow. */
const NAMES_MAX = 10_000;

/** The last moment that a date may have (ECMA-262, TimeClip): later ones cannot be shown. */
const TIME_MS_MAX = 8_640_000_000_000_000;

/** A language, or a role. */
const NAME_CHARACTERS_MAX = 16;

/** Why a file cannot be opened. `newer`: a later version of this page wrote it. */
export type FileProblem = 'large' | 'wrong' | 'newer';

export class FileRefused extends Error {
  constructor(readonly problem: FileProblem) {
    super(problem);
  }
}

function line(lengthMax: number): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string' || value.length > lengthMax)
      throw new FrameRefused(`${path} must be a text of at most ${lengthMax} characters`);
    return value;
  };
}

const time: Shape<number> = (value, path) => {
  const ms = count(value, path);
  if (ms > TIME_MS_MAX) throw new FrameRefused(`${path} must be a moment`);
  return ms;
};

const field = line(FIELD_CHARACTERS_MAX);
const cards = listOf(object({ word: field, meaning: field, example: field, by: line(NAME_CHARACTERS_MAX) }));

const lessonFile = object({
  version: count,
  /** When the lesson began, Unix ms; null where this page did not hear of it. */
  startMs: nullable(time),
  /** What was learned, ISO 639-1. */
  language: nullable(line(NAME_CHARACTERS_MAX)),
  cards: (value: unknown, path: string) => {
    if (Array.isArray(value) && value.length > CARDS_MAX)
      throw new FrameRefused(`${path} must have at most ${CARDS_MAX} cards`);
    return cards(value, path);
  },
  notes: receiveBlocks,
});

export type LessonFile = Omit<Read<typeof lessonFile>, 'version'>;

/** Write *lesson*. What is longer than a page of ours makes it, the other page's own, is cut: the file can be read again. */
export function writeLessonFile({ startMs, language, cards: all, notes }: LessonFile): Uint8Array {
  const cut = (text: string) => text.slice(0, FIELD_CHARACTERS_MAX);
  const lesson: LessonFile = {
    startMs,
    language: language?.slice(0, NAME_CHARACTERS_MAX) ?? null,
    cards: all.slice(0, CARDS_MAX).map(({ word, meaning, example, by }) => ({
      word: cut(word),
      meaning: cut(meaning),
      example: cut(example),
      by: by.slice(0, NAME_CHARACTERS_MAX),
    })),
    notes: cutBlocks(notes),
  };
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...lesson }));
}

/** Read the lesson in *zip*. Throws FileRefused. */
export function receiveLessonFile(zip: Uint8Array): LessonFile {
  if (zip.byteLength > FILE_BYTES_MAX) throw new FileRefused('large');
  const json = unpack(zip);
  try {
    const value = JSON.parse(new TextDecoder().decode(json)) as { readonly version?: unknown } | null;
    if (typeof value?.version === 'number' && value.version > VERSION) throw new FileRefused('newer');
    const { version: _, ...lesson } = lessonFile(value, 'lesson');
    return lesson;
  } catch (error) {
    throw error instanceof FileRefused ? error : new FileRefused('wrong');
  }
}

/** Take one file out of *zip*. A ZIP may say of a thousand names that they are the same bytes, and of few bytes that they are many:
 * the first that fits is unpacked, and no further than it said. */
function unpack(zip: Uint8Array): Uint8Array {
  let isFound = false;
  let isLarge = false;
  let names = 0;
  let files: Unzipped;
  try {
    files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        names += 1;
        if (names > NAMES_MAX) throw new FileRefused('wrong');
        if (name !== LESSON_JSON || isFound) return false;
        isFound = true;
        isLarge = originalSize > JSON_BYTES_MAX;
        return !isLarge;
      },
    });
  } catch {
    throw new FileRefused('wrong');
  }
  const json = files[LESSON_JSON];
  if (!json) throw new FileRefused(isLarge ? 'large' : 'wrong');
  return json;
}

/** What came of opening a file in a lesson. */
export interface Continued {
  readonly cards: number;
  readonly hasNotes: boolean;
  /** Something had no room. */
  readonly isFull: boolean;
}

/** Let *lesson* go on in *doc*, as an edit of this person: its words, and the blocks of its notes, that are not there. So it does
 * no harm that both people open the same file one after the other. */
export function continueLesson(doc: Doc, lesson: LessonFile): Continued {
  let continued: Continued = { cards: 0, hasNotes: false, isFull: false };
  doc.transact(() => {
    const [added, hasRoom] = addCards(doc, lesson);
    const notes = addNotes(doc, lesson.notes);
    continued = { cards: added, hasNotes: notes === 'added', isFull: !hasRoom || notes === 'full' };
  });
  return continued;
}

function addCards(doc: Doc, lesson: LessonFile): readonly [added: number, hasRoom: boolean] {
  const list = new WordList(doc);
  const known = new Set(list.read().map((card) => keyOf(textOf(card))));
  const lacking = lesson.cards.filter((card) => !known.has(keyOf(card)) && known.add(keyOf(card)));
  let added = 0;
  for (const { by, ...text } of lacking) added += Number(list.add(text, by));
  return [added, added === lacking.length];
}

/** A word with the same meaning is the same card, whatever its example has become. */
function keyOf(text: { readonly [name in (typeof FIELDS)[number]]: string }): string {
  return [text.word, text.meaning].map((each) => each.normalize('NFC').trim().toLowerCase()).join('\n');
}

function addNotes(doc: Doc, blocks: readonly Block[]): 'added' | 'there' | 'full' {
  const notes = notesOf(doc);
  const present = readBlocks(notes);
  const known = new Set(present.map((block) => JSON.stringify(block)));
  const lacking = blocks.filter((block) => !known.has(JSON.stringify(block)));
  if (lacking.length === 0) return 'there';
  if (sizeOf(present) + sizeOf(lacking) > NOTES_SIZE_MAX) return 'full';
  addBlocks(notes, lacking);
  return 'added';
}
