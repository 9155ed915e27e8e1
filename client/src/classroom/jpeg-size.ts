// How large a JPEG says that it is, read from its bytes (ITU T.81, annex B). Pure. Law: a picture is measured before a browser
// decodes it, which costs memory by the numbers in it.

interface Size {
  readonly across: number;
  readonly down: number;
}

/** A picture of more pixels is not decoded: 4 bytes each. The own ones have 1,280 a side. */
const PIXELS_MAX = 1_638_400;

/** The start of a frame: every kind but those three, which are tables. */
const FRAME_FROM = 0xc0;
const FRAME_TO = 0xcf;
const NO_FRAME: readonly number[] = [0xc4, 0xc8, 0xcc];

/** Markers without a length, and the first scan. A decoder reads on right behind them: nothing of that may come before the size. */
const BARE_FROM = 0xd0;
const BARE_TO = 0xda;

/** Any number of these stands before a marker (B.1.1.2). */
const FILL = 0xff;

/** Read the size of *bytes*; null for what is no JPEG, or one that tells no size before its first scan. */
export function readJpegSize(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let place = 2; place + 9 <= bytes.byteLength; ) {
    const [sign, marker] = [view.getUint8(place), view.getUint8(place + 1)];
    const isBare = marker < FRAME_FROM || (marker >= BARE_FROM && marker <= BARE_TO);
    if (sign !== FILL || isBare) return null;
    const isFrame = marker <= FRAME_TO && !NO_FRAME.includes(marker);
    if (isFrame) return { across: view.getUint16(place + 7), down: view.getUint16(place + 5) };
    place += marker === FILL ? 1 : 2 + Math.max(2, view.getUint16(place + 2));
  }
  return null;
}

/** Tell whether *bytes* are a JPEG that may be decoded. */
export function isJpeg(bytes: Uint8Array): boolean {
  const size = readJpegSize(bytes);
  return size !== null && size.across > 0 && size.down > 0 && size.across * size.down <= PIXELS_MAX;
}
