// Reads from the head of a file what picture it is and how large, before any browser decodes it. Pure. Law: only the four formats below
// are pictures, by their own bytes and whatever their name and type say; SVG, which may bring scripts, is none.

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
  const found = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view);
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

function readGif(view: DataView): PictureHead | null {
  if (!startsWith(view, 0, 'GIF87a') && !startsWith(view, 0, 'GIF89a')) return null;
  if (view.byteLength < 10) return null;
  return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
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

/** JPEG (ITU T.81, B.1.1.3): from segment to segment until the first that begins a frame. */
function readJpeg(view: DataView): PictureHead | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else if (marker === 0xda || marker < 0xc0) return null;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return null;
}

function startsWith(view: DataView, at: number, text: string): boolean {
  if (view.byteLength < at + text.length) return false;
  return [...text].every((character, place) => view.getUint8(at + place) === character.charCodeAt(0));
}
