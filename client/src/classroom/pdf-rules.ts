// What of a PDF may become a page on the board. Pure. Law: nothing that a file says of itself makes this page draw, wait or keep more
// than these bounds.

import { PICTURE_BYTES_MAX } from './board-shapes';

/** A longer file is more than anybody needs for one page, and all of it is in memory. */
export const PDF_BYTES_MAX = 50 * 1_048_576;

/** Longer sides are drawn smaller: sharp enough to read a page of small letters. */
const SIDE_MAX = 1_600;

/** As of every picture on the board (jpeg-size.ts). */
const PIXELS_MAX = 1_638_400;

/** Sides of pages that somebody can have meant: far beyond what the format allows, and numbers stay exact. */
const POINTS_MIN = 0.01;
const POINTS_MAX = 100_000_000;

/** Whoever waits longer has given up. Then the worker is ended. */
export const OPEN_MS_MAX = 20_000;
export const PAGE_MS_MAX = 20_000;

/** The first that is small enough is taken. */
export const QUALITIES = [0.85, 0.7, 0.5, 0.3, 0.15] as const;

/** Readers allow other bytes before it (ISO 32000-1, annex H). */
const SIGN = [0x25, 0x50, 0x44, 0x46, 0x2d] as const;
export const HEAD_BYTES = 1_024;

/** Why there is no page: `unable` is this browser. */
export type PdfProblem = 'broken' | 'locked' | 'large' | 'slow' | 'unable';

/** What the page asks its worker. */
export type PdfRequest =
  | { readonly kind: 'open'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'draw'; readonly page: number }
  /** What the worker wanted; null where there is none. */
  | { readonly kind: 'supply'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> | null };

/** What the worker answers. */
export type PdfAnswer =
  | { readonly kind: 'opened'; readonly pages: number }
  | {
      readonly kind: 'drawn';
      readonly jpeg: Uint8Array<ArrayBuffer>;
      readonly across: number;
      readonly down: number;
    }
  | { readonly kind: 'refused'; readonly problem: PdfProblem }
  | { readonly kind: 'wants'; readonly name: string };

/** Tell whether *head*, a file's first bytes, are those of a PDF. */
export function isPdf(head: Uint8Array): boolean {
  const last = Math.min(head.length, HEAD_BYTES) - SIGN.length;
  for (let place = 0; place <= last; place += 1)
    if (SIGN.every((byte, at) => head[place + at] === byte)) return true;
  return false;
}

/** Find how a page of this size is drawn: how much enlarged, and how many pixels; null for a page without a size. */
export function measurePage(
  across: number,
  down: number,
): { readonly scale: number; readonly across: number; readonly down: number } | null {
  if (![across, down].every((side) => side >= POINTS_MIN && side <= POINTS_MAX)) return null;
  const scale = Math.min(SIDE_MAX / Math.max(across, down), Math.sqrt(PIXELS_MAX / (across * down)));
  const whole = (side: number) => Math.max(1, Math.floor(side * scale));
  return { scale, across: whole(across), down: whole(down) };
}

/** Read the number of a page that somebody wrote; null for what is none of *pages*. */
export function readPageNumber(text: string, pages: number): number | null {
  const number = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
  return number >= 1 && number <= pages ? number : null;
}

/** Tables of letters, fonts and decoders of the library are asked for, and no path leads elsewhere. */
export function isSupplyName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w-]{1,40}\.(bcmap|pfb|ttf|wasm)$/.test(name);
}

/** Read what a worker said; null for what is none of its answers. What draws a PDF has met bytes of strangers. */
export function readAnswer(value: unknown): PdfAnswer | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, pages, jpeg, across, down, problem, name } = value as Readonly<Record<string, unknown>>;
  if (kind === 'opened') return isCount(pages) ? { kind, pages } : null;
  if (kind === 'wants') return isSupplyName(name) ? { kind, name } : null;
  if (kind === 'refused')
    return { kind, problem: problem === 'locked' || problem === 'unable' ? problem : 'broken' };
  const isPage = kind === 'drawn' && jpeg instanceof Uint8Array && jpeg.byteLength <= PICTURE_BYTES_MAX;
  if (!isPage || !isCount(across) || !isCount(down)) return null;
  return { kind, jpeg: jpeg as Uint8Array<ArrayBuffer>, across, down };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
