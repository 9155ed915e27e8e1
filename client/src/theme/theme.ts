// The platform's theme for its calls, read strictly, because anybody can write a link. Law: a theme is colours, a picture
// and a list of names. Nothing of it is ever HTML, a URL to load, or a style sheet.

import { listOf, nullable, object, type Read, type Shape, text } from '../base/shapes';

/** What a platform may hide. */
export const FEATURES = [
  'board',
  'captions',
  'chat',
  'details',
  'files',
  'full-screen',
  'hand',
  'home',
  'layouts',
  'notes',
  'picture-in-picture',
  'reactions',
  'recording',
  'say-again',
  'screen',
  'vocabulary',
] as const;
export type Feature = (typeof FEATURES)[number];

export type Scheme = 'light' | 'dark';

const LOGO = /^data:image\/(svg\+xml|png|webp);base64,[A-Za-z0-9+/]+=*$/;
const LOGO_CHARACTERS_MAX = 100_000;
const RADIUS_MAX = 24;

function matching(pattern: RegExp, lengthMax: number): Shape<string | null> {
  return (value) =>
    typeof value === 'string' && value.length <= lengthMax && pattern.test(value) ? value : null;
}

const radius: Shape<number | null> = (value) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= RADIUS_MAX
    ? (value as number)
    : null;

const scheme: Shape<Scheme | null> = (value) => (value === 'light' || value === 'dark' ? value : null);

/** A field that does not fit is left out: a wrong colour must not stop a call. */
const theme = object({
  /** In place of LangDAO. */
  brand: matching(/\S/, 40),
  accent: matching(/^#[0-9a-f]{6}$/i, 7),
  /** Null for the reader's own. */
  scheme,
  /** Of corners, CSS px. */
  radius,
  /** A small picture as a data URI. */
  logo: matching(LOGO, LOGO_CHARACTERS_MAX),
  /** What is shown; null for everything. */
  features: nullable(listOf(text)),
});
export type Theme = Read<typeof theme>;

export const PLAIN: Theme = {
  brand: null,
  accent: null,
  scheme: null,
  radius: null,
  logo: null,
  features: null,
};

/** Read a theme from parsed JSON; anything that is not a theme becomes the plain one. */
export function receiveTheme(value: unknown): Theme {
  try {
    return theme(value, 'theme');
  } catch {
    return PLAIN;
  }
}

/** Read the theme from the URL's fragment: from the signed token and, where *takesUnsigned*, from `look`. */
export function readTheme(hash: string, takesUnsigned: boolean): Theme {
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  const unsigned = takesUnsigned ? decode(fragment.get('look')) : null;
  // The service has not checked the token yet. A forged one gets its colours, and no session.
  const claims = decode(fragment.get('token')?.split('.')[1] ?? null) as { look?: unknown } | null;
  return receiveTheme({ ...unfold(claims?.look), ...toObject(unsigned) });
}

/** A token names what is hidden where that is shorter (session/theme.py). */
function unfold(look: unknown): object {
  const { without, ...chosen } = toObject(look) as { without?: unknown };
  if (!Array.isArray(without)) return chosen;
  return { ...chosen, features: FEATURES.filter((name) => !without.includes(name)) };
}

/** Tell whether *feature* is to be shown. */
export function shows({ features }: Theme, feature: Feature): boolean {
  return features === null || features.includes(feature);
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Decode base64url JSON (RFC 4648 §5); null for anything else. */
export function decode(encoded: string | null): unknown {
  if (!encoded) return null;
  try {
    const bytes = atob(encoded.replace(/-/g, '+').replace(/_/g, '/'));
    return JSON.parse(decodeURIComponent(Array.from(bytes, toPercent).join('')));
  } catch {
    return null;
  }
}

function toPercent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
