// Cleans a line of chat before it is shown, or refuses it. The service does the same (session/text.py); the cases of wire/text
// test both. Pure. Law: a line stays in its own place, and scripts and emoji stay untouched.

const BLANK_LINES_MAX = 2;
const MARKS_MAX = 8;

export type Refusal = 'chat-blank' | 'chat-control';

/** Combining marks; Firefox before 78 has no `\p{…}` and knows the commonest. The service decides in any case. */
const MARK = makePattern(
  '\\p{M}',
  '\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u0610-\\u061a\\u064b-\\u065f\\u093c\\u094d\\u0e31\\u0e34-\\u0e3a' +
    '\\u0e47-\\u0e4e\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f',
);
const HIDDEN = makePattern(
  '\\p{Cf}',
  '\\xad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\u{e0001}\\u{e0020}-\\u{e007f}',
);
/** Spaces, and what is drawn as nothing: fillers, the empty braille cell, null note heads, tags. */
const EMPTY = makePattern(
  '\\s\\u115f\\u1160\\u2065\\u2800\\u3164\\uffa0\\ufff0-\\ufff8\\ufffc\\u{13441}\\u{13442}\\u{1d159}\\u{e0000}-\\u{e0fff}',
);
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u206f]/g;

/** Tell whether there is anything to see in *text*: neither spaces nor marks without a letter are. */
export function isVisible(text: string): boolean {
  const isEmpty = (each: string) =>
    EMPTY.test(each) || HIDDEN.test(each) || MARK.test(each) || isControl(each);
  return ![...text].every(isEmpty);
}

/** Read a new line: the text as it will be shown, or why it is refused. */
export function receiveLine(text: string): { readonly shown: string } | { readonly refused: Refusal } {
  const whole = text.replace(/\r\n|[\r\u2028\u2029]/g, '\n');
  if ([...whole].some(isControl)) return { refused: 'chat-control' };
  if (!isVisible(whole)) return { refused: 'chat-blank' };
  return { shown: withoutBlankLines(withoutTallStacks(whole.replace(BIDI_CONTROLS, ''))) };
}

/** Remove control characters, which a paste may bring. Line breaks of other programs become ours. */
export function withoutControls(text: string): string {
  return [...text.replace(/\r\n|[\r\v\f\u0085]/g, '\n')].filter((each) => !isControl(each)).join('');
}

/** C0, DEL and C1, but for tabs and line breaks. */
function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return (code < 0x20 && character !== '\t' && character !== '\n') || (code >= 0x7f && code <= 0x9f);
}

function withoutTallStacks(text: string): string {
  let kept = '';
  let marks = 0;
  for (const character of text) {
    if (MARK.test(character)) marks += 1;
    else if (!HIDDEN.test(character)) marks = 0; // a joiner between two marks begins no new letter
    if (marks <= MARKS_MAX) kept += character;
  }
  return kept;
}

function withoutBlankLines(text: string): string {
  const kept: string[] = [];
  let blank = 0;
  for (const line of text.split('\n')) {
    blank = isVisible(line) ? 0 : blank + 1;
    if (blank === 0) kept.push(line);
    else if (kept.length > 0 && blank <= BLANK_LINES_MAX) kept.push('');
  }
  while (kept[kept.length - 1] === '') kept.pop();
  return kept.join('\n');
}

function makePattern(properties: string, ranges = properties): RegExp {
  try {
    return new RegExp(`[${properties}]`, 'u');
  } catch {
    return new RegExp(`[${ranges}]`, 'u');
  }
}

/** A longer line is folded; a button shows the rest. */
const FOLD_LINES = 12;
const FOLD_CHARACTERS = 900;

/** Tell whether *text* is so long that it would push everything else out of sight. */
export function isLong(text: string): boolean {
  return text.length > FOLD_CHARACTERS || text.split('\n').length > FOLD_LINES;
}
