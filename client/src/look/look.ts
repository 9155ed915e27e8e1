// How a platform wants its call to look (session/look.py): read strictly, since a link may be anybody's writing.
// Law: a look is colours, a picture and a list of names. Nothing of it is ever HTML, a URL to load, or a style sheet.

import { listOf, nullable, object, type Read, type Shape, text } from '../call/shapes';

/** What a platform may hide. */
export const FEATURES = [
  'chat',
  'details',
  'full-screen',
  'hand',
  'layouts',
  'picture-in-picture',
  'reactions',
  'screen',
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

/** What does not fit is left out: a lesson is not held up by a wrong colour. */
const look = object({
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
export type Look = Read<typeof look>;

export const PLAIN: Look = {
  brand: null,
  accent: null,
  scheme: null,
  radius: null,
  logo: null,
  features: null,
};

/** Read a look from what JSON made of it; what is no look at all is the plain one. */
export function receiveLook(value: unknown): Look {
  try {
    return look(value, 'look');
  } catch {
    return PLAIN;
  }
}

/** Read the look of a page's URL: of its signed token, or, where *takesUnsigned*, of the fragment's `look`. */
export function readLook(hash: string, takesUnsigned: boolean): Look {
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  const unsigned = takesUnsigned ? decode(fragment.get('look')) : null;
  // The service has not checked the token yet; if it is forged there will be no lesson, only its colours.
  const claims = decode(fragment.get('token')?.split('.')[1] ?? null) as { look?: unknown } | null;
  return receiveLook({ ...toObject(claims?.look), ...toObject(unsigned) });
}

/** Tell whether *feature* is to be shown. */
export function shows({ features }: Look, feature: Feature): boolean {
  return features === null || features.includes(feature);
}

function toObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** Decode base64url JSON (RFC 4648 §5); null for anything else. */
function decode(encoded: string | null): unknown {
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
