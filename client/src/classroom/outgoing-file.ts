// One file of this person's, given to the other page by what it asks for. Law: what nobody asked for is not read, and no more than one
// block of it is in memory.

import {
  ASKED_BYTES_MAX,
  BLOCK_BYTES,
  blocksOf,
  concat,
  FILE_PIECE_BYTES,
  type FileMessage,
  WHOLE,
} from './file-messages';

/** Where a file's bytes come from. */
export interface FileSource {
  readonly size: number;
  /** Read the bytes from *start* up to, but not including, *end*. Rejects where they are no longer there. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

export interface OutgoingCallbacks {
  /** There is something to send again. */
  readonly onReady: () => void;
  /** The file has been changed or deleted since it was chosen. */
  readonly onUnreadable: () => void;
}

export class OutgoingFile {
  private next = 0;
  private until = 0;
  private due: FileMessage[] = [];
  private block: { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  private isReading = false;
  private isTelling = false;
  private readonly digests = new Map<number, Uint8Array<ArrayBuffer>>();

  constructor(
    private readonly id: string,
    private readonly source: FileSource,
    private readonly digest: Digest,
    private readonly callbacks: OutgoingCallbacks,
  ) {}

  /** They want *length* bytes from *offset* on, and not what they wanted before unless this goes on from there. */
  ask(offset: number, length: number): void {
    const { size } = this.source;
    if (offset > size) return;
    if (offset !== this.until) {
      this.next = offset;
      this.due = [];
    }
    this.until = Math.min(size, offset + length, this.next + ASKED_BYTES_MAX);
    if (offset === size) void this.tellWhole();
  }

  /** Whatever was asked for is of no use any more. */
  clear(): void {
    this.next = this.until = 0;
    this.due = [];
    this.block = null;
  }

  /** Take the next message; null while there is none, or while it is being read. */
  take(): FileMessage | null {
    const due = this.due.shift();
    if (due || this.next >= this.until) return due ?? null;
    const number = Math.floor(this.next / BLOCK_BYTES);
    if (this.block?.number !== number) {
      if (!this.isReading) void this.load(number);
      return null;
    }
    const start = this.next - number * BLOCK_BYTES;
    const bytes = this.block.bytes.subarray(
      start,
      Math.min(start + FILE_PIECE_BYTES, start + this.until - this.next),
    );
    const piece: FileMessage = { kind: 'file-piece', id: this.id, offset: this.next, bytes };
    this.next += bytes.byteLength;
    if (this.next === Math.min(this.source.size, (number + 1) * BLOCK_BYTES)) this.endBlock(number);
    return piece;
  }

  private endBlock(number: number): void {
    const digest = this.digests.get(number);
    if (digest) this.due.push({ kind: 'file-digest', id: this.id, block: number, digest });
    this.block = null;
    if (this.next === this.source.size) void this.tellWhole();
  }

  private async load(number: number): Promise<void> {
    this.isReading = true;
    try {
      const bytes = await this.readBlock(number);
      this.block = { number, bytes };
    } catch {
      this.fail();
      return;
    } finally {
      this.isReading = false;
    }
    this.callbacks.onReady();
  }

  private async readBlock(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const [start, end] = [number * BLOCK_BYTES, Math.min(this.source.size, (number + 1) * BLOCK_BYTES)];
    const bytes = await this.source.read(start, end);
    if (bytes.byteLength !== end - start) throw new Error(`block ${number} has ${bytes.byteLength} bytes`);
    this.digests.set(number, await this.digest(bytes));
    return bytes;
  }

  private fail(): void {
    this.clear();
    this.callbacks.onUnreadable();
  }

  private async tellWhole(): Promise<void> {
    if (this.isTelling) return;
    this.isTelling = true;
    const count = blocksOf(this.source.size);
    try {
      for (let number = 0; number < count; number += 1) {
        if (!this.digests.has(number)) await this.readBlock(number);
      }
      const all = Array.from({ length: count }, (_, number) => this.digests.get(number) ?? new Uint8Array());
      const digest = await this.digest(concat(all));
      this.due = this.due.filter((each) => each.kind !== 'file-digest' || each.block !== WHOLE);
      this.due.push({ kind: 'file-digest', id: this.id, block: WHOLE, digest });
    } catch {
      this.fail();
      return;
    } finally {
      this.isTelling = false;
    }
    this.callbacks.onReady();
  }
}
