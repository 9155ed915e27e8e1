// One file of the other person's, on its way here: it is asked for stretch by stretch, and kept block by block once each fits its digest.
// Sans-I/O but for the digests and the blocks' store. Law: no more of it is in memory than two blocks, and nothing is taken that was
// not asked for.

import {
  BLOCK_BYTES,
  blocksOf,
  concat,
  type FileMessage,
  type Offer,
  type Stop,
  WHOLE,
} from './file-messages';
import { FilePace } from './file-pace';
import type { Digest } from './outgoing-file';

/** Where the blocks of files are kept. */
export interface BlockStore {
  /** Keep block *number*. Rejects where there is no room. */
  add(id: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Give what is kept of block *number*. */
  read(id: string, number: number): Promise<Blob>;
}

/** A page that was asked and says nothing has lost the question, or is busy; it is asked again after this time. */
const ANSWER_MS_MAX = 10_000;

/** So many damaged blocks are asked for again. */
const DAMAGED_MAX = 2;

/** A page of ours sends a block in some 130 pieces. Each byte by itself would be 100 times as much memory as the block. */
const PIECES_MAX = 1_024;

interface IncomingCallbacks {
  readonly onReady: () => void;
  /** It is here, and fits its checksum. */
  readonly onDone: () => void;
  readonly onFailed: (why: Stop) => void;
}

interface Block {
  readonly number: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: Uint8Array;
}

export class IncomingFile {
  /** All before this has come. */
  received: number;
  private asked: number;
  /** The block that comes now, and what there is of it. */
  private number: number;
  private parts: Uint8Array[] = [];
  private readonly pace = new FilePace();
  /** Blocks that came and are to be checked and kept, one after the other. */
  private complete: Block[] = [];
  private isChecking = false;
  private readonly digests = new Map<number, Uint8Array>();
  private whole: Uint8Array | null = null;
  /** The digest of the whole is to be asked for by itself. */
  private isWholeDue: boolean;
  private heardMs = 0;
  private damaged = 0;
  private isOver = false;

  /** The first *kept* blocks are here from before. */
  constructor(
    readonly offer: Offer,
    private kept: number,
    private readonly store: BlockStore,
    private readonly digest: Digest,
    private readonly callbacks: IncomingCallbacks,
  ) {
    this.number = kept;
    this.received = this.asked = Math.min(offer.size, kept * BLOCK_BYTES);
    this.isWholeDue = this.awaitsWhole;
  }

  /** Whatever was under way is lost: the channel is another one, or the other page has dropped it. */
  beginAgain(): void {
    if (this.awaitsDigest) this.goBackTo(this.number);
    this.asked = this.received;
    this.isWholeDue = this.awaitsWhole;
    this.pace.forget();
  }

  /** Whoever stops it hears nothing more of it. */
  stop(): void {
    this.isOver = true;
    this.parts = [];
    this.complete = [];
  }

  /** Ask again for what does not come. */
  tick(nowMs: number): void {
    const isWaiting = this.asked > this.received || this.awaitsDigest || this.awaitsWhole;
    if (this.isOver || !isWaiting || nowMs - this.heardMs < ANSWER_MS_MAX) return;
    this.heardMs = nowMs;
    this.beginAgain();
  }

  /** Take the next question, for at most *most* bytes; null while enough is under way. */
  takeAsk(most: number, nowMs: number): FileMessage | null {
    const { id, size } = this.offer;
    if (this.isOver) return null;
    if (this.isWholeDue) {
      this.isWholeDue = false;
      this.heardMs = nowMs;
      return { kind: 'file-ask', id, offset: size, length: 0 };
    }
    const { windowBytes } = this.pace;
    const end = Math.min(size, this.received + windowBytes, (this.kept + 2) * BLOCK_BYTES);
    const length = Math.min(end - this.asked, most);
    const isIdle = this.asked === this.received;
    const least = Math.min(size - this.asked, windowBytes >> 1);
    if (length <= 0 || (length < least && !isIdle)) return null;
    if (isIdle) this.heardMs = nowMs;
    const offset = this.asked;
    this.pace.ask(offset, length, nowMs);
    this.asked += length;
    return { kind: 'file-ask', id, offset, length };
  }

  /** Tell whether a piece is the very next of what was asked for. */
  expects(offset: number, length: number): boolean {
    const end = Math.min(this.asked, this.end);
    return !this.isOver && offset === this.received && length > 0 && offset + length <= end;
  }

  receivePiece(offset: number, bytes: Uint8Array, nowMs: number): void {
    if (!this.expects(offset, bytes.byteLength)) return;
    if (this.parts.length >= PIECES_MAX) {
      this.fail('damaged');
      return;
    }
    this.parts.push(bytes);
    this.received += bytes.byteLength;
    this.heardMs = nowMs;
    this.pace.hear(this.received, nowMs);
  }

  receiveDigest(number: number, digest: Uint8Array, nowMs: number): void {
    if (this.isOver) return;
    this.heardMs = nowMs;
    if (number === WHOLE) this.whole = digest;
    else if (number === this.number && this.awaitsDigest) {
      this.complete.push({ number, digest, bytes: concat(this.parts) });
      this.parts = [];
      this.number += 1;
    } else return;
    if (!this.isChecking) void this.check();
  }

  private get end(): number {
    return Math.min(this.offer.size, (this.number + 1) * BLOCK_BYTES);
  }

  private get awaitsDigest(): boolean {
    return this.parts.length > 0 && this.received === this.end;
  }

  private get awaitsWhole(): boolean {
    return this.number === blocksOf(this.offer.size) && !this.whole;
  }

  private goBackTo(number: number): void {
    this.number = number;
    this.parts = [];
    this.received = this.asked = number * BLOCK_BYTES;
  }

  /** Check and keep what is complete; and the whole once all is here. */
  private async check(): Promise<void> {
    this.isChecking = true;
    for (let block = this.complete.shift(); block; block = this.complete.shift()) await this.keep(block);
    if (this.whole && this.kept === blocksOf(this.offer.size)) await this.checkWhole(this.whole);
    this.isChecking = false;
    if (this.complete.length > 0) await this.check();
    if (!this.isOver) this.callbacks.onReady();
  }

  private async keep({ number, bytes, digest }: Block): Promise<void> {
    const own = await this.digest(bytes);
    if (this.isOver) return;
    if (!isSame(own, digest)) {
      this.damaged += 1;
      if (this.damaged > DAMAGED_MAX) this.fail('damaged');
      this.complete = [];
      this.whole = null;
      this.goBackTo(number);
      this.beginAgain();
      return;
    }
    try {
      await this.store.add(this.offer.id, number, bytes);
    } catch {
      this.fail('no-room');
      return;
    }
    this.digests.set(number, own);
    this.kept = number + 1;
  }

  /** What was kept before a reload is read again: it is checked as it stands on the disk. */
  private async checkWhole(whole: Uint8Array): Promise<void> {
    const { id, size } = this.offer;
    const all: Uint8Array[] = [];
    try {
      for (let number = 0; number < blocksOf(size); number += 1) {
        all.push(this.digests.get(number) ?? (await this.digestOfKept(id, number)));
      }
      const isWhole = isSame(await this.digest(concat(all)), whole);
      if (this.isOver) return;
      this.isOver = true;
      if (isWhole) this.callbacks.onDone();
      else this.callbacks.onFailed('damaged');
    } catch {
      this.fail('damaged');
    }
  }

  private async digestOfKept(id: string, number: number): Promise<Uint8Array> {
    return this.digest(new Uint8Array(await (await this.store.read(id, number)).arrayBuffer()));
  }

  private fail(why: Stop): void {
    if (this.isOver) return;
    this.stop();
    this.callbacks.onFailed(why);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, place) => byte === other[place]);
}
