// What two pages say about a recording, in bytes. Pure. Law: of a message nothing counts but one known word and a number.

/** What who would record does. */
const WISHES = ['none', 'asks', 'records'] as const;
export type Wish = (typeof WISHES)[number];

/** What the other says to it. */
const ANSWERS = ['none', 'yes', 'no'] as const;
export type Answer = (typeof ANSWERS)[number];

/** A word about the recording with this number. */
export interface Said<Word> {
  readonly word: Word;
  readonly id: number;
}

/** The word's place in its list, and the number of the recording (32 bits, big-endian). */
const BYTES = 5;

export function writeWish(wish: Said<Wish>): Uint8Array {
  return write(WISHES, wish);
}

export function writeAnswer(answer: Said<Answer>): Uint8Array {
  return write(ANSWERS, answer);
}

/** Read a wish; null for what is none. A word of a later version is `none` to this one. */
export function readWish(bytes: Uint8Array): Said<Wish> | null {
  return read(WISHES, bytes);
}

/** Read an answer as `readWish` does. */
export function readAnswer(bytes: Uint8Array): Said<Answer> | null {
  return read(ANSWERS, bytes);
}

function write<Word>(words: readonly Word[], { word, id }: Said<Word>): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, words.indexOf(word));
  view.setUint32(1, id);
  return bytes;
}

function read<Word extends string>(words: readonly [Word, ...Word[]], bytes: Uint8Array): Said<Word> | null {
  if (bytes.byteLength < BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  return { word: words[view.getUint8(0)] ?? words[0], id: view.getUint32(1) };
}
