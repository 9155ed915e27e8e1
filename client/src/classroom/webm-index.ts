// Where the clusters of a WebM file begin, read from its bytes as they come (Matroska, RFC 9559). Pure. Law: rubbish is no index, and
// nothing of a file is kept but its places and times.

export const EBML = 0x1a45dfa3;
export const SEGMENT = 0x18538067;
export const INFO = 0x1549a966;
export const TRACKS = 0x1654ae6b;
export const CUES = 0x1c53bb6b;
const CLUSTER = 0x1f43b675;
const CLUSTER_TIME = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const TRACK = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const VIDEO = 1;

/** What is walked into instead of over. */
const OPENED: ReadonlySet<number> = new Set([SEGMENT, CLUSTER, BLOCK_GROUP]);

/** What is read whole. */
const READ: ReadonlySet<number> = new Set([TRACKS, CLUSTER_TIME]);
const READ_BYTES_MAX = 65_536;

/** A block's track, its time in the cluster (16 bits, signed), and its flags. */
const BLOCK_HEAD_BYTES = 4;
const IS_KEYFRAME = 0x80;

export interface Element {
  readonly id: number;
  /** Where its content begins. */
  readonly from: number;
  /** How long that is; null where it ends with what follows it. */
  readonly size: number | null;
}

/** A place at which a player can begin. */
export interface SeekPoint {
  /** In the file's own ticks. */
  readonly time: number;
  readonly offset: number;
}

/** Read the head of the element at *at*; null where the bytes end before it does. Throws for what is none. */
export function readElement(bytes: Uint8Array, at: number): Element | null {
  const idLength = lengthAt(bytes, at, 4);
  const sizeLength = idLength && lengthAt(bytes, at + idLength, 8);
  const from = at + (idLength ?? 0) + (sizeLength ?? 0);
  if (!idLength || !sizeLength || from > bytes.byteLength) return null;
  const id = readNumber(bytes, at, idLength);
  const first = readNumber(bytes, at + idLength, 1) - 2 ** (8 - sizeLength);
  const size = first * 256 ** (sizeLength - 1) + readNumber(bytes, at + idLength + 1, sizeLength - 1);
  // All ones; a size of eight bytes is rounded.
  return { id, from, size: size === 2 ** (7 * sizeLength) - 1 ? null : size };
}

/** Read a number of *length* bytes, big-endian. */
export function readNumber(bytes: Uint8Array, at: number, length: number): number {
  let number = 0;
  for (let place = at; place < at + length; place += 1) number = number * 256 + (bytes[place] ?? 0);
  return number;
}

/** Tell how long the number is that begins at *at*: its first bit that is set says so. */
function lengthAt(bytes: Uint8Array, at: number, most: number): number | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const length = Math.clz32(first) - 23;
  if (length > most) throw new Error(`no element of WebM at ${at}`);
  return length;
}

/** The elements that are in *bytes*, one after the other, as far as they are whole. */
export function* elementsOf(bytes: Uint8Array): Generator<Element> {
  for (let at = 0; ; ) {
    const element = readElement(bytes, at);
    if (!element || element.size === null || element.from + element.size > bytes.byteLength) return;
    yield element;
    at = element.from + element.size;
  }
}

export class WebmIndex {
  /** Where the first cluster begins; null before it has come. */
  headBytes: number | null = null;
  /** The time of the last block, in ticks. */
  lastTime = 0;
  /** The number of the picture's track. */
  track = VIDEO;
  /** It has an index of its own, or is no WebM at all. */
  isDone = false;
  readonly points: SeekPoint[] = [];

  /** What could not be read yet, and where it begins in the file. */
  private rest: Uint8Array = new Uint8Array();
  private start = 0;
  private skip = 0;
  private cluster: SeekPoint | null = null;

  /** Read the file's next bytes. */
  feed(chunk: Uint8Array): void {
    if (this.isDone) return;
    const bytes = join(this.rest, chunk);
    let at = Math.min(this.skip, bytes.byteLength);
    this.skip -= at;
    try {
      for (let used = 1; used > 0 && at < bytes.byteLength; at += used) used = this.take(bytes, at);
    } catch {
      this.isDone = true;
    }
    this.skip += Math.max(0, at - bytes.byteLength);
    this.rest = bytes.slice(at);
    this.start += Math.min(at, bytes.byteLength);
  }

  /** Read what is at *at*; returns how many bytes that was, 0 where more have to come. */
  private take(bytes: Uint8Array, at: number): number {
    const element = readElement(bytes, at);
    if (!element) return 0;
    const { id, from, size } = element;
    if (id === CUES) this.isDone = true;
    if (id === CLUSTER) {
      this.headBytes ??= this.start + at;
      this.cluster = { time: 0, offset: this.start + at };
    }
    if (OPENED.has(id)) return from - at;
    if (size === null) throw new Error('an element without an end');
    const isBlock = id === SIMPLE_BLOCK || id === BLOCK;
    const needed = isBlock ? Math.min(size, BLOCK_HEAD_BYTES) : READ.has(id) ? size : 0;
    if (needed > READ_BYTES_MAX) throw new Error('an element without measure');
    if (from + needed > bytes.byteLength) return 0;
    const content = bytes.subarray(from, from + needed);
    if (id === TRACKS) this.track = findVideo(content) ?? this.track;
    if (id === CLUSTER_TIME && this.cluster) {
      this.cluster = { ...this.cluster, time: readNumber(content, 0, needed) };
      this.lastTime = Math.max(this.lastTime, this.cluster.time);
    }
    if (isBlock) this.takeBlock(content);
    return from + size - at;
  }

  private takeBlock(head: Uint8Array): void {
    const { cluster } = this;
    if (!cluster || head.byteLength < BLOCK_HEAD_BYTES) return;
    const view = new DataView(head.buffer, head.byteOffset, BLOCK_HEAD_BYTES);
    this.lastTime = Math.max(this.lastTime, cluster.time + view.getInt16(1));
    const isPicture = (view.getUint8(0) & 0x7f) === this.track;
    const isFirst = this.points[this.points.length - 1]?.offset !== cluster.offset;
    if (isPicture && isFirst && view.getUint8(3) & IS_KEYFRAME) this.points.push(cluster);
  }
}

function findVideo(tracks: Uint8Array): number | null {
  for (const { id, from, size } of elementsOf(tracks)) {
    if (id !== TRACK) continue;
    const track = tracks.subarray(from, from + (size ?? 0));
    const numbers = new Map(
      [...elementsOf(track)].map((each) => [each.id, readNumber(track, each.from, each.size ?? 0)]),
    );
    if (numbers.get(TRACK_TYPE) === VIDEO) return numbers.get(TRACK_NUMBER) ?? null;
  }
  return null;
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const whole = new Uint8Array(one.byteLength + other.byteLength);
  whole.set(one);
  whole.set(other, one.byteLength);
  return whole;
}
