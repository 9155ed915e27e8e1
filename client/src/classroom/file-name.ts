// A file's name and type, as the other page wrote them, made fit to be shown and to be saved under. Pure. Law: a name is one line of
// text that reads in one direction, and names no folder and no device.

const CHARACTERS_MAX = 120;
const ENDING_CHARACTERS_MAX = 16;

/** C0, DEL, C1, and what has no width or turns the direction: with U+202E, `photo\u202Egnp.exe` reads as a picture. First and last. */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff], // half a surrogate pair
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xffff],
  [0xe0000, 0xe0fff],
];

/** What no file system of a phone or a computer takes, and what makes a path of a name. */
const FORBIDDEN = /[\\/:*?"<>|]/g;

/** Names of devices under Windows, with any ending. */
const RESERVED =
  /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(\.|$)/i;

/** Windows runs instructions in these without a question, however little they look like a program. */
const LINKS = /\.(lnk|url|scf|desktop|library-ms|searchconnector-ms)$/i;

const NAMELESS = 'file';

/** Make *name* one under which a file can be saved, and be shown: what is seen is what is saved. */
export function cleanName(name: string): string {
  const visible = Array.from(name.replace(/[\s\u2800]/g, ' '))
    .filter((character) => !isHidden(character.codePointAt(0) ?? 0))
    .join('')
    // Only now: what was between two spaces may have been hidden.
    .replace(/ +/g, ' ')
    .replace(FORBIDDEN, '_')
    // Hidden files begin with a point; Windows drops points and spaces at the end.
    .replace(/^[. ]+|[. ]+$/g, '');
  if (visible === '') return NAMELESS;
  const free = RESERVED.test(visible) ? `_${visible}` : visible;
  return shorten(LINKS.test(free) ? `${free}.txt` : free);
}

/** Read a media type to show it; empty for what is none. */
export function cleanType(type: string): string {
  return /^[a-z]{1,20}\/[a-z0-9][a-z0-9.+-]{0,80}$/i.test(type) ? type.toLowerCase() : '';
}

/** Cut a long name in its middle: its ending says what it is. */
function shorten(name: string): string {
  const characters = [...name];
  if (characters.length <= CHARACTERS_MAX) return name;
  const point = characters.lastIndexOf('.');
  const ending =
    point > 0 && characters.length - point <= ENDING_CHARACTERS_MAX ? characters.slice(point) : [];
  return [...characters.slice(0, CHARACTERS_MAX - ending.length - 1), '…', ...ending].join('');
}

function isHidden(code: number): boolean {
  return HIDDEN.some(([first, last]) => code >= first && code <= last);
}
