// A head for a recorded WebM file, with what MediaRecorder leaves out because it writes before it knows: how long the file is, and
// where one can begin to play it (RFC 9559 §5.1). Without them no player shows the length, and few can go forward. Pure.

import {
  CUES,
  EBML,
  type Element,
  elementsOf,
  INFO,
  readElement,
  readNumber,
  SEGMENT,
  TRACKS,
  type WebmIndex,
} from './webm-index';

const DURATION = 0x4489;
const TICK = 0x2ad7b1;
const TAGS = 0x1254c367;
const CUE = 0xbb;
const CUE_TIME = 0xb3;
const CUE_PLACE = 0xb7;
const CUE_TRACK = 0xf7;
const CUE_CLUSTER = 0xf1;

/** Nanoseconds, where the file says nothing else. */
const TICK_NS = 1_000_000;

/** A person goes to a second; more places make a long file's head large. */
const POINT_MS = 1_000;

/** A file that ends somewhere. */
const UNKNOWN_SIZE = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** Positions are numbers of eight bytes, so that the head's length does not depend on them. */
const PLACE_BYTES = 8;

/** Write the head that takes the place of *head*, the file's bytes before its first cluster. Null where *head* has all of it, or is
 * none. */
export function writeHead(head: Uint8Array, index: WebmIndex): Uint8Array<ArrayBuffer> | null {
  try {
    const ebml = readElement(head, 0);
    const segment = ebml?.size != null && readElement(head, ebml.from + ebml.size);
    if (ebml?.id !== EBML || !segment || segment.id !== SEGMENT) return null;
    const inside = head.subarray(segment.from);
    const parts = [...elementsOf(inside)];
    const infoAt = parts.find(({ id }) => id === INFO);
    if (!infoAt) return null;
    const info = contentOf(inside, infoAt);
    const tickNs = readTick(info);
    const kept = parts.filter(({ id }) => id === TRACKS || id === TAGS);
    const before = [
      writeInfo(info, index.lastTime),
      ...kept.map((part) => write(part.id, contentOf(inside, part))),
    ];
    const begin = [head.subarray(0, ebml.from + (ebml.size ?? 0)), writeId(SEGMENT), UNKNOWN_SIZE];
    const length = (cues: Uint8Array) => join([...before, cues]).byteLength;
    // Once to know how long they are, and once with the places that follow from that.
    const places = (shift: number) => writeCues(index, shift, (POINT_MS * 1_000_000) / tickNs);
    const cues = places(length(places(0)) - (index.headBytes ?? 0));
    return join([...begin, ...before, cues]);
  } catch {
    return null;
  }
}

function contentOf(bytes: Uint8Array, { from, size }: Element): Uint8Array {
  return bytes.subarray(from, from + (size ?? 0));
}

function readTick(info: Uint8Array): number {
  const tick = [...elementsOf(info)].find(({ id }) => id === TICK);
  return (tick && readNumber(info, tick.from, tick.size ?? 0)) || TICK_NS;
}

function writeInfo(info: Uint8Array, duration: number): Uint8Array {
  const kept = [...elementsOf(info)].filter(({ id }) => id !== DURATION);
  const float = new Uint8Array(8);
  new DataView(float.buffer).setFloat64(0, duration);
  return write(
    INFO,
    join([...kept.map((each) => write(each.id, contentOf(info, each))), write(DURATION, float)]),
  );
}

/** *shift*: what is added to a place in the old file, for one in the new segment. */
function writeCues({ points, track }: WebmIndex, shift: number, ticksBetween: number): Uint8Array {
  let next = Number.NEGATIVE_INFINITY;
  const cues = points.flatMap(({ time, offset }) => {
    if (time < next) return [];
    next = time + ticksBetween;
    const place = join([
      write(CUE_TRACK, writeNumber(track)),
      write(CUE_CLUSTER, writeNumber(offset + shift)),
    ]);
    return [write(CUE, join([write(CUE_TIME, writeNumber(time)), write(CUE_PLACE, place)]))];
  });
  return write(CUES, join(cues));
}

function write(id: number, content: Uint8Array): Uint8Array {
  const size = writeNumber(content.byteLength);
  size[0] = 0x01; // a size of seven bytes follows
  return join([writeId(id), size, content]);
}

function writeId(id: number): Uint8Array {
  const bytes = writeNumber(id);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

function writeNumber(number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PLACE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(number / 2 ** 32));
  view.setUint32(4, number >>> 0);
  return bytes;
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
