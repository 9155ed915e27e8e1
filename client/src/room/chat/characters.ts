// Characters as the service counts them: Unicode code points, as Python does, not JavaScript's 16-bit units.

/** Count the code points of *text*. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Replace half a surrogate pair, which no UTF-8 can carry, by U+FFFD (Unicode §3.9, C10). */
export function makeWellFormed(text: string): string {
  let whole = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    whole += code >= 0xd800 && code <= 0xdfff ? '\ufffd' : character;
  }
  return whole;
}

/** More than this many are a pattern, not a reaction. */
const BIG_EMOJI_MAX = 3;

/** Tell whether *text* is one to three emoji and nothing else: it is shown large. */
export function isEmojiOnly(text: string): boolean {
  let count = 0;
  let flags = 0;
  let isJoined = false;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isJoiner(code)) {
      isJoined = code === 0x200d;
      if (count + flags === 0) return false;
      continue;
    }
    if (/\s/.test(character)) continue;
    if (code >= 0x1f1e6 && code <= 0x1f1ff) flags += 1;
    else if (!isPicture(code)) return false;
    else if (!isJoined) count += 1;
    isJoined = false;
  }
  const whole = count + Math.ceil(flags / 2);
  return whole > 0 && whole <= BIG_EMOJI_MAX;
}

/** What changes the picture before it: joiner, variation, skin tone, tags of regional flags. */
function isJoiner(code: number): boolean {
  return (
    code === 0x200d ||
    code === 0xfe0f ||
    (code >= 0x1f3fb && code <= 0x1f3ff) ||
    (code >= 0xe0020 && code <= 0xe007f)
  );
}

/** The blocks of Unicode in which the emoji are; written out, as Firefox 65 has no `\p{Emoji}`. */
function isPicture(code: number): boolean {
  return (
    (code >= 0x1f000 && code <= 0x1faff) ||
    (code >= 0x2600 && code <= 0x27bf) ||
    (code >= 0x2b05 && code <= 0x2b55) ||
    (code >= 0x231a && code <= 0x23ff)
  );
}
