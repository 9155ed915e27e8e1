// Reads from the head of a file what picture it is and how large, before any browser decodes it. Pure. Law: only the four formats below
// are pictures, by their own bytes and whatever their name and type say; SVG, which may bring scripts, is none.

import { readJpegSize } from './jpeg-size';

/** A picture that may be shown. */
export interface PictureHead {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/** The head of a JPEG may hold a preview, colours and the camera's notes before it tells its size. */
export const HEAD_BYTES = 262_144;

/** A picture of more points is a download: 120 MB of memory, and larger than a phone's camera makes. */
const POINTS_MAX = 30_000_000;
const SIDE_MAX = 16_384;

/** Read the picture that begins with *head*; null for what is none, and for one that is too large to be shown. */
export function readPicture(head: Uint8Array): PictureHead | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const found = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(head);
  if (!found || found.width < 1 || found.height < 1) return null;
  const isSmall = found.width <= SIDE_MAX && found.height <= SIDE_MAX;
  return isSmall && found.width * found.height <= POINTS_MAX ? found : null;
}

/** PNG (W3C, §11.2.1): the header is always the first chunk. */
function readPng(view: DataView): PictureHead | null {
  if (!startsWith(view, 0, '\x89PNG\r\n\x1a\n') || !startsWith(view, 12, 'IHDR') || view.byteLength < 24)
    return null;
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a, 18–24. A browser makes the screen as large as the first picture on it (Firefox, Chrome), whatever the header says. */
function readGif(view: DataView): PictureHead | null {
  if (!startsWith(view, 0, 'GIF87a') && !startsWith(view, 0, 'GIF89a')) return null;
  const at = findGifPicture(view);
  if (at === null) return null;
  const [width = 0, height = 0] = [0, 2].map((side) => {
    const end = view.getUint16(at + 1 + side, true) + view.getUint16(at + 5 + side, true);
    return Math.max(end, view.getUint16(6 + side, true));
  });
  return { type: 'image/gif', width, height };
}

/** Find the descriptor of the first picture, behind the colours and whatever extensions there are; null where it is not in the head. */
function findGifPicture(view: DataView): number | null {
  if (view.byteLength < 13) return null;
  const flags = view.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  while (at + 10 <= view.byteLength) {
    const kind = view.getUint8(at);
    if (kind === 0x2c) return at;
    if (kind !== 0x21) return null;
    at += 2;
    while (at < view.byteLength && view.getUint8(at) > 0) at += 1 + view.getUint8(at);
    at += 1;
  }
  return null;
}

/** WebP (RFC 9649 §2.4–2.7): lossy, lossless, or with a header that holds for both. */
function readWebp(view: DataView): PictureHead | null {
  if (!startsWith(view, 0, 'RIFF') || !startsWith(view, 8, 'WEBP') || view.byteLength < 30) return null;
  const type = 'image/webp';
  if (startsWith(view, 12, 'VP8X')) {
    const [width, height] = [24, 27].map(
      (at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1,
    );
    return { type, width: width ?? 0, height: height ?? 0 };
  }
  if (startsWith(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!startsWith(view, 12, 'VP8 ') || !startsWith(view, 23, '\x9d\x01\x2a')) return null;
  return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** The head of a JPEG may be cut: its size comes early. */
function readJpeg(head: Uint8Array): PictureHead | null {
  const size = readJpegSize(head);
  return size && { type: 'image/jpeg', width: size.across, height: size.down };
}

function startsWith(view: DataView, at: number, text: string): boolean {
  if (view.byteLength < at + text.length) return false;
  return [...text].every((character, place) => view.getUint8(at + place) === character.charCodeAt(0));
}
