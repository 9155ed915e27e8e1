// Finds the links in a line of chat. Law: the tokens joined are the line as it was written, character by character;
// a link is http or https, shows the host it really goes to, and everything in doubt stays text.

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  /** *text* is what was written, *shown* the same with the host in ASCII, *href* where it goes. */
  | { readonly kind: 'link'; readonly text: string; readonly shown: string; readonly href: string };

/** Longer ones work nowhere reliably, and nobody reads where they go. */
const URL_CHARACTERS_MAX = 2_048;

/** Code units that are no part of a URL as people write one, first and last of each range. */
const NEVER_IN_URLS: readonly (readonly [number, number])[] = [
  [0x00, 0x20], // controls and the space
  [0x7f, 0xa0],
  [0xab, 0xab], // « and »
  [0xbb, 0xbb],
  // What hides or turns the text around it (Unicode TR36 §3.1): fillers, zero width, bidirectional, variation.
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2018, 0x201f], // quotation marks
  [0x2028, 0x202f],
  [0x2039, 0x203a],
  [0x205f, 0x206f],
  [0x3000, 0x303f], // East Asian punctuation, the wide space among it
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xff00, 0xff0f], // full-width punctuation: its letters and digits may stand in a name
  [0xff1a, 0xff20],
  [0xff3b, 0xff40],
  [0xff5b, 0xff65],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffd],
];

/** A scheme or `www.`, and all that may belong to a URL. */
const CANDIDATE = new RegExp(
  `(?:https?://|www\\.)[^<>"\`{}|\\\\^\\s${NEVER_IN_URLS.map(([first, last]) => `${unit(first)}-${unit(last)}`).join('')}]+`,
  'gi',
);

/** What stands right before a link that begins here: after these it is the middle of something else. */
const GLUED_BEFORE = /[A-Za-z0-9_+\-.:@/]/;

/** Ends a sentence rather than a URL. */
const SENTENCE_END = /[.,:;!?'*_~\u2026\u060c\u061b\u061f\u06d4]$/;

const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** Cut *line* into text and links. */
export function linkify(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let done = 0;
  for (const match of findAll(CANDIDATE, line)) {
    const text = trimEnd(match[0]);
    const target = GLUED_BEFORE.test(line.charAt(match.index - 1)) ? null : readTarget(text);
    if (!target) continue;
    if (match.index > done) tokens.push({ kind: 'text', text: line.slice(done, match.index) });
    tokens.push({ kind: 'link', text, ...target });
    done = match.index + text.length;
  }
  if (done < line.length) tokens.push({ kind: 'text', text: line.slice(done) });
  return tokens;
}

/** Leave the sentence its full stop, and a bracket that was opened before the link. */
function trimEnd(candidate: string): string {
  let end = candidate.length;
  const open = { ')': 0, ']': 0 };
  for (const character of candidate) {
    if (character === '(') open[')'] += 1;
    else if (character === '[') open[']'] += 1;
    else if (character === ')' || character === ']') open[character] -= 1;
  }
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    if (last in CLOSING) {
      const bracket = last as keyof typeof open;
      if (open[bracket] >= 0) break;
      open[bracket] += 1;
    } else if (!SENTENCE_END.test(last)) break;
  }
  return candidate.slice(0, end);
}

function readTarget(text: string): { readonly shown: string; readonly href: string } | null {
  if (text.length > URL_CHARACTERS_MAX) return null;
  const isBare = /^www\./i.test(text);
  let url: URL;
  try {
    url = new URL(isBare ? `https://${text}` : text);
  } catch {
    return null;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  // `https://paypal.com@evil.example` looks like the one and goes to the other.
  if (url.username || url.password || !url.hostname) return null;
  if (isBare && !/^www\.[^.]+\.[^.]/.test(url.hostname)) return null;
  return { shown: showHost(text, url), href: url.href };
}

/** The host as the browser will ask for it: `xn--…` where letters of other scripts may imitate ASCII (UTS 39). */
function showHost(text: string, url: URL): string {
  const start = /^https?:\/\//i.exec(text)?.[0].length ?? 0;
  const rest = text.slice(start);
  const length = /[/?#]/.exec(rest)?.index ?? rest.length;
  const written = rest.slice(0, length);
  const isPlain = written.toLowerCase() === url.host;
  return isPlain ? text : text.slice(0, start) + url.host + rest.slice(length);
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

function* findAll(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) yield match;
}
