// What two pages say to each other of files, in bytes (docs/protocol.md, wire/files). Pure. Law: a file is asked for, never pushed; what
// does not fit its place exactly is no message.

import { FILE_BYTES_MAX } from './file-limits';
import type { FileKind } from './tool-frames';
import { PIECE_BYTES_MAX } from './tool-frames';

/** A file is checked, kept and begun again by blocks of this length. */
export const BLOCK_BYTES = 1_048_576;

/** So much of a file may be asked for and not be there. */
export const ASKED_BYTES_MAX = 1_048_576;

export const DIGEST_BYTES = 32;
const ID_BYTES = 8;
const NAME_BYTES_MAX = 1_024;
const TYPE_BYTES_MAX = 255;

/** The number of the block whose digest is that of the whole: SHA-256 of the blocks' digests, one after the other. */
export const WHOLE = 0xffff_ffff;

export interface Offer {
  /** 64 random bits, as hexadecimal digits. */
  readonly id: string;
  readonly size: number;
  /** As the other page has written it: see file-name.ts. */
  readonly name: string;
  readonly type: string;
}

/** Why a file will not arrive: somebody wants it no longer, the page that had it was loaded anew, it arrived damaged, there is no room
 * for it, or its owner's browser can no longer read it. */
export const STOPS = ['unwanted', 'gone', 'damaged', 'no-room', 'unreadable'] as const;
export type Stop = (typeof STOPS)[number];

export type FileMessage =
  | { readonly kind: 'file-offer'; readonly offer: Offer }
  /** With a *length* of 0 at the end of the file: only the digest of the whole is wanted. */
  | { readonly kind: 'file-ask'; readonly id: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'file-piece'; readonly id: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'file-digest'; readonly id: string; readonly block: number; readonly digest: Uint8Array }
  | { readonly kind: 'file-stop'; readonly id: string; readonly why: Stop }
  | { readonly kind: 'file-done'; readonly id: string };

/** The longest piece beside its id and its place. */
export const FILE_PIECE_BYTES = PIECE_BYTES_MAX - ID_BYTES - 4;

/** Make an id for a new file. */
export function makeId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** Write the body of *message*. A name that is too long loses its end. */
export function writeFileMessage(message: FileMessage): Uint8Array {
  switch (message.kind) {
    case 'file-offer': {
      const { id, size, name, type } = message.offer;
      const written = cut(new TextEncoder().encode(name), NAME_BYTES_MAX);
      return concat([
        fromHex(id),
        number(size),
        Uint8Array.of(written.byteLength >> 8, written.byteLength & 0xff),
        written,
        cut(new TextEncoder().encode(type), TYPE_BYTES_MAX),
      ]);
    }
    case 'file-ask':
      return concat([fromHex(message.id), number(message.offset), number(message.length)]);
    case 'file-piece':
      return concat([fromHex(message.id), number(message.offset), message.bytes]);
    case 'file-digest':
      return concat([fromHex(message.id), number(message.block), message.digest]);
    case 'file-stop':
      return concat([fromHex(message.id), Uint8Array.of(STOPS.indexOf(message.why))]);
    case 'file-done':
      return fromHex(message.id);
  }
}

/** Read a body of *kind*; null for what is none. */
export function readFileMessage(kind: FileKind, body: Uint8Array): FileMessage | null {
  if (body.byteLength < ID_BYTES) return null;
  const id = toHex(body.subarray(0, ID_BYTES));
  const rest = body.subarray(ID_BYTES);
  const numbers = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
  if (kind === 'file-done') return rest.byteLength === 0 ? { kind, id } : null;
  if (kind === 'file-stop') {
    const why = STOPS[rest[0] ?? STOPS.length];
    return why && rest.byteLength === 1 ? { kind, id, why } : null;
  }
  if (rest.byteLength < 4) return null;
  const first = numbers.getUint32(0);
  if (kind === 'file-offer') return readOffer(id, first, rest.subarray(4));
  if (kind === 'file-piece')
    return rest.byteLength > 4 ? { kind, id, offset: first, bytes: rest.subarray(4) } : null;
  if (kind === 'file-digest')
    return rest.byteLength === 4 + DIGEST_BYTES ? { kind, id, block: first, digest: rest.slice(4) } : null;
  if (rest.byteLength !== 8) return null;
  const length = numbers.getUint32(4);
  return length <= ASKED_BYTES_MAX ? { kind, id, offset: first, length } : null;
}

function readOffer(id: string, size: number, rest: Uint8Array): FileMessage | null {
  const [high, low] = rest;
  if (high === undefined || low === undefined || size > FILE_BYTES_MAX) return null;
  const nameEnd = 2 + high * 256 + low;
  if (nameEnd > rest.byteLength || nameEnd > 2 + NAME_BYTES_MAX) return null;
  if (rest.byteLength - nameEnd > TYPE_BYTES_MAX) return null;
  // What is no UTF-8 becomes U+FFFD.
  const decoder = new TextDecoder();
  const [name, type] = [decoder.decode(rest.subarray(2, nameEnd)), decoder.decode(rest.subarray(nameEnd))];
  return { kind: 'file-offer', offer: { id, size, name, type } };
}

/** Count the blocks of a file of *size* bytes. */
export function blocksOf(size: number): number {
  return Math.ceil(size / BLOCK_BYTES);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Cut *bytes* of UTF-8 at *most*, and not within a character. */
function cut(bytes: Uint8Array, most: number): Uint8Array {
  let end = Math.min(bytes.byteLength, most);
  while (end < bytes.byteLength && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
