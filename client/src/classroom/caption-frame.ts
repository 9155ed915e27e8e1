// A caption as bytes, and how long it may be. Pure. Law: what the other page sends is one line of text, and a tag of a language or
// none.

/** What one person has said, as their own browser wrote it. */
export interface Caption {
  /** Counts what the person has said in one page: an interim caption is replaced by the next one of its number. */
  readonly number: number;
  /** Nothing of it will change any more. */
  readonly isFinal: boolean;
  /** BCP 47; empty for unknown. */
  readonly language: string;
  /** Empty: nothing was said after all. */
  readonly text: string;
}

/** A longer caption is cut: nobody says as much in one breath. */
export const CAPTION_CHARACTERS_MAX = 500;

const IS_FINAL = 1;

/** The flags, the number (32 bits, big-endian), and how long the tag is; then come the tag and the text. */
const HEADER_BYTES = 6;

const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}$/i;

export function writeCaption({ number, isFinal, language, text }: Caption): Uint8Array {
  const [tag, words] = [new TextEncoder().encode(language), new TextEncoder().encode(text)];
  const bytes = new Uint8Array(HEADER_BYTES + tag.byteLength + words.byteLength);
  const header = new DataView(bytes.buffer);
  header.setUint8(0, isFinal ? IS_FINAL : 0);
  header.setUint32(1, number);
  header.setUint8(5, tag.byteLength);
  bytes.set(tag, HEADER_BYTES);
  bytes.set(words, HEADER_BYTES + tag.byteLength);
  return bytes;
}

/** Read a caption; null for what is none. It is as long as it came: `cutCaption` makes it shorter. */
export function readCaption(bytes: Uint8Array): Caption | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const textFrom = HEADER_BYTES + header.getUint8(5);
  if (textFrom > bytes.byteLength) return null;
  try {
    const reader = new TextDecoder('utf-8', { fatal: true });
    const language = reader.decode(bytes.subarray(HEADER_BYTES, textFrom));
    return {
      number: header.getUint32(1),
      isFinal: (header.getUint8(0) & IS_FINAL) !== 0,
      language: LANGUAGE.test(language) ? language : '',
      text: cleanLine(reader.decode(bytes.subarray(textFrom))),
    };
  } catch {
    return null;
  }
}

/** Make one line of *text*. */
export function cleanLine(text: string): string {
  const visible = Array.from(text, (each) => (isHidden(each.charCodeAt(0)) ? ' ' : each)).join('');
  return visible.replace(/\s+/g, ' ').trim();
}

/** Controls, and what turns the direction of the text around it. */
function isHidden(code: number): boolean {
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  return isControl || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f);
}

/** Cut *text* at the bound. */
export function cutCaption(text: string): string {
  // A code unit is no more than a character: most texts need not be taken apart.
  if (text.length <= CAPTION_CHARACTERS_MAX) return text;
  return Array.from(text).slice(0, CAPTION_CHARACTERS_MAX).join('');
}

/** Keep the newest words of *text*, which is still being said. */
export function keepEnd(text: string): string {
  if (text.length <= CAPTION_CHARACTERS_MAX) return text;
  return Array.from(text).slice(-CAPTION_CHARACTERS_MAX).join('');
}

/** Divide what was said into captions that are short enough, between two words where there is a space. */
export function divideCaption(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > CAPTION_CHARACTERS_MAX) {
    const whole = cutCaption(rest);
    const space = whole.length < rest.length ? whole.lastIndexOf(' ') : -1;
    const piece = space > 0 ? whole.slice(0, space) : whole;
    pieces.push(piece);
    rest = rest.slice(piece.length).trim();
  }
  return rest === '' && pieces.length > 0 ? pieces : [...pieces, rest];
}
