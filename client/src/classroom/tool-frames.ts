// The frames of the tools' channel, in bytes (docs/protocol.md, wire/tools). Pure. Law: whatever comes, no more is kept than a
// message of its kind may have, and a frame that cannot be read is dropped alone.

/** What a page says to the other. Kinds that this page does not know are ignored, so that a later one can say more. */
export type ToolMessage =
  /** What the sender has of the document (a Yjs state vector); *wantsAnswer*: and wants to know what the other has. */
  | { readonly kind: 'hello'; readonly wantsAnswer: boolean; readonly bytes: Uint8Array }
  /** What the other lacks of it, by their vector (a Yjs update, version 1). */
  | { readonly kind: 'difference'; readonly bytes: Uint8Array }
  /** New edits (a Yjs update, version 1). */
  | { readonly kind: 'update'; readonly bytes: Uint8Array }
  /** Where the sender's caret is in the notes (notes-caret.ts); empty for nowhere. Only the newest counts. */
  | { readonly kind: 'caret'; readonly bytes: Uint8Array }
  /** The sender is there, and has had nothing to say. */
  | { readonly kind: 'pulse' }
  /** The sender hears again what the other said last, or no longer. */
  | { readonly kind: 'listening'; readonly isOn: boolean }
  /** Where the sender points on the board, and what they are just drawing (board-signs.ts); empty for nowhere. Only the newest counts. */
  | { readonly kind: 'pointer'; readonly bytes: Uint8Array }
  /** The part of the board to which the sender brings the other (board-signs.ts). */
  | { readonly kind: 'look-here'; readonly bytes: Uint8Array }
  /** The tab of the panel to which the sender brings the other, and where in it (tab-look.ts). */
  | { readonly kind: 'look-tab'; readonly bytes: Uint8Array }
  /** What the sender has said, as their browser wrote it (caption-frame.ts). */
  | { readonly kind: 'caption'; readonly bytes: Uint8Array }
  /** Whether the sender wants captions, and whether they write their own (caption-talk.ts). */
  | { readonly kind: 'captioning'; readonly bytes: Uint8Array }
  /** What the sender does as who would record the lesson (recording-frame.ts). */
  | { readonly kind: 'recording'; readonly bytes: Uint8Array }
  /** What the sender's person answers to that. */
  | { readonly kind: 'recording-answer'; readonly bytes: Uint8Array }
  | FileToolMessage;

/** A message of the files' (file-messages.ts). */
export interface FileToolMessage {
  readonly kind: FileKind;
  readonly bytes: Uint8Array;
}

/** What is said of files: one is offered, a stretch of it asked for, a piece of that, the digest of a block or of the whole, the end
 * of it before it was there, and that it is there. */
export type FileKind = 'file-offer' | 'file-ask' | 'file-piece' | 'file-digest' | 'file-stop' | 'file-done';

export type Kind = ToolMessage['kind'];

const VERSION = 1;

/** Version, kind, number of the message (16 bits), its length and the piece's place in it (32 bits each, big-endian). */
const HEADER_BYTES = 12;

/** Every browser takes a message of 16 KiB (RFC 8831 §6.6), and a long one holds up the others no longer than that. */
export const FRAME_BYTES_MAX = 16_384;

/** A piece of a file is one frame, so that it holds up nothing that is longer than that. */
export const PIECE_BYTES_MAX = FRAME_BYTES_MAX - HEADER_BYTES;
const NUMBERS = 65_536;

/** The largest document that two pages share. */
export const DOCUMENT_BYTES_MAX = 8 * 1_048_576;

/** More edits than this at once are sent as a difference. */
export const UPDATE_BYTES_MAX = 1_048_576;

/** The code of each kind on the wire, and how long a message of it may be. */
const KINDS: Readonly<Record<Kind, { readonly code: number; readonly bytesMax: number }>> = {
  hello: { code: 1, bytesMax: 65_536 },
  // A document that is just within the bound here may be written a little longer there.
  difference: { code: 2, bytesMax: DOCUMENT_BYTES_MAX + UPDATE_BYTES_MAX },
  update: { code: 3, bytesMax: UPDATE_BYTES_MAX },
  pulse: { code: 4, bytesMax: 64 },
  caret: { code: 5, bytesMax: 512 },
  listening: { code: 6, bytesMax: 64 },
  pointer: { code: 7, bytesMax: 1_280 },
  'look-here': { code: 8, bytesMax: 64 },
  // A tab, and a caret in it.
  'look-tab': { code: 9, bytesMax: 576 },
  // Ten thousand characters are read, cut and told of.
  caption: { code: 24, bytesMax: 65_536 },
  captioning: { code: 25, bytesMax: 64 },
  'file-offer': { code: 16, bytesMax: 2_048 },
  'file-ask': { code: 17, bytesMax: 64 },
  'file-piece': { code: 18, bytesMax: PIECE_BYTES_MAX },
  'file-digest': { code: 19, bytesMax: 64 },
  'file-stop': { code: 20, bytesMax: 64 },
  'file-done': { code: 21, bytesMax: 64 },
  recording: { code: 32, bytesMax: 64 },
  'recording-answer': { code: 33, bytesMax: 64 },
};

const WANTS_ANSWER = 1;
const IS_ON = 1;

/** So many messages may be under way at once, each in pieces; nobody needs more than one of each kind. */
const OPEN_MAX = 4;

/** Tell whether *message* is short enough for its kind. */
export function fits(message: ToolMessage): boolean {
  return bodyOf(message).byteLength <= KINDS[message.kind].bytesMax;
}

/** Write *message* as frames, in their order. *number* tells its pieces from those of others; it counts up from 0. */
export function* writeFrames(message: ToolMessage, number: number): Generator<Uint8Array<ArrayBuffer>> {
  const body = bodyOf(message);
  let offset = 0;
  do {
    const piece = body.subarray(offset, offset + PIECE_BYTES_MAX);
    const frame = new Uint8Array(HEADER_BYTES + piece.byteLength);
    const header = new DataView(frame.buffer);
    header.setUint8(0, VERSION);
    header.setUint8(1, KINDS[message.kind].code);
    header.setUint16(2, number % NUMBERS);
    header.setUint32(4, body.byteLength);
    header.setUint32(8, offset);
    frame.set(piece, HEADER_BYTES);
    yield frame;
    offset += piece.byteLength;
  } while (offset < body.byteLength);
}

/** What a frame gave: a whole message, a piece of one, something of a later version, or nothing that can be read. */
export type Received = ToolMessage | { readonly kind: 'piece' | 'unknown' | 'unreadable' };

interface OpenMessage {
  readonly kind: Kind;
  readonly length: number;
  readonly pieces: Uint8Array[];
  taken: number;
}

/** Puts the frames of one channel together again. */
export class FrameReader {
  private readonly open = new Map<number, OpenMessage>();

  /** Read one frame. A length is believed no further than the bytes that have come: nothing is reserved for it. */
  receive(frame: Uint8Array): Received {
    if (frame.byteLength < HEADER_BYTES || frame.byteLength > FRAME_BYTES_MAX) return { kind: 'unreadable' };
    const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
    if (header.getUint8(0) !== VERSION) return { kind: 'unknown' };
    const kind = kindOf(header.getUint8(1));
    if (!kind) return { kind: 'unknown' };
    const [number, length, offset] = [header.getUint16(2), header.getUint32(4), header.getUint32(8)];
    const piece = frame.subarray(HEADER_BYTES);
    const message = this.open.get(number) ?? { kind, length, pieces: [], taken: 0 };
    this.open.delete(number);
    const isNext = message.kind === kind && message.length === length && message.taken === offset;
    const isLast = offset + piece.byteLength === length;
    const isWithin = length <= KINDS[kind].bytesMax && offset + piece.byteLength <= length;
    const isFull = piece.byteLength === PIECE_BYTES_MAX;
    if (!isNext || !isWithin || !(isLast || (isFull && this.open.size < OPEN_MAX)))
      return { kind: 'unreadable' };
    message.pieces.push(piece);
    message.taken += piece.byteLength;
    if (isLast) return readBody(kind, join(message.pieces));
    this.open.set(number, message);
    return { kind: 'piece' };
  }
}

/** Tell whether *received* is one of the files' messages. */
export function isOfFile(received: Received): received is FileToolMessage {
  return received.kind.startsWith('file-');
}

/** The body of a piece of a file, if *frame* is one; it is looked at before anything is kept of it. */
export function pieceOf(frame: Uint8Array): Uint8Array | null {
  const isPiece = frame[0] === VERSION && frame[1] === KINDS['file-piece'].code;
  return isPiece && frame.byteLength <= FRAME_BYTES_MAX ? frame.subarray(HEADER_BYTES) : null;
}

function bodyOf(message: ToolMessage): Uint8Array {
  if (message.kind === 'pulse') return new Uint8Array();
  if (message.kind === 'listening') return Uint8Array.of(message.isOn ? IS_ON : 0);
  if (message.kind !== 'hello') return message.bytes;
  return join([Uint8Array.of(message.wantsAnswer ? WANTS_ANSWER : 0), message.bytes]);
}

/** What is in a pulse, and in the other bits of a hello or a sign, belongs to a later version. */
function readBody(kind: Kind, bytes: Uint8Array): Received {
  if (kind === 'pulse') return { kind };
  if (kind !== 'hello' && kind !== 'listening') return { kind, bytes };
  const [flags] = bytes;
  if (flags === undefined) return { kind: 'unreadable' };
  if (kind === 'listening') return { kind, isOn: (flags & IS_ON) !== 0 };
  return { kind, wantsAnswer: (flags & WANTS_ANSWER) !== 0, bytes: bytes.subarray(1) };
}

function kindOf(code: number): Kind | undefined {
  return (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].code === code);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
