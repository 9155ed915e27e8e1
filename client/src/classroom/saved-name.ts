// A name for a file on the person's device, of words in any language. Pure. Law: it is one name in one folder on every system: no
// path, no device, nothing that turns or hides its ending.

const CHARACTERS_MAX = 80;

/** What Windows, macOS, Linux or a shell reads as something else. */
const SIGNS = '\\/:*?"<>|\0';

/** Windows opens a device by these names, whatever the ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** Make a name of *words* with the *ending*, such as `zip`. Where nothing of the words is left, it is called `lesson`. */
export function makeFileName(words: string, ending: string): string {
  const kept = [...words.normalize('NFC')].map((each) => (isPlain(each) ? each : ' ')).join('');
  const line = cut(kept.replace(/\s+/g, ' ')).replace(/^[. ]+|[. ]+$/g, '');
  const name = DEVICES.test(line) ? `${line}_` : line;
  return `${name || 'lesson'}.${ending}`;
}

function cut(line: string): string {
  return [...line].slice(0, CHARACTERS_MAX).join('');
}

/** No sign of a system, no control character, no half of a character, and none of those that turn the direction of a text or that
 * nobody sees. */
function isPlain(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const isHalf = code >= 0xd800 && code <= 0xdfff;
  const turns = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || code === 0x61c;
  const hides = (code >= 0x2060 && code <= 0x206f) || code === 0xfeff || code === 0xad;
  return !SIGNS.includes(character) && !isControl && !isHalf && !turns && !hides;
}
