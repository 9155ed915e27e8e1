// Two pages that give each other files, over one wire after another, in the time of the test.

import { createHash } from 'node:crypto';
import { FileExchange, type FileView } from '../src/classroom/file-exchange';
import type { FileRecord, FileStore } from '../src/classroom/file-store';
import { LessonFiles } from '../src/classroom/lesson-files';
import type { Digest } from '../src/classroom/outgoing-file';
import { ToolPage } from './tool-pages';

export const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** What outlives a page: a store of which every promise resolves at once. */
export class FakeDisk implements FileStore {
  bytesMax = Number.POSITIVE_INFINITY;
  isFull = false;
  /** What is to be noted waits for this. */
  beforeNoting: Promise<void> = Promise.resolve();
  readonly noted = new Map<string, FileRecord>();
  readonly blocks = new Map<string, Uint8Array<ArrayBuffer>[]>();

  get records(): readonly FileRecord[] {
    return [...this.noted.values()];
  }

  async add(id: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.isFull) throw new Error('QuotaExceededError');
    const blocks = this.blocks.get(id) ?? [];
    blocks[number] = bytes;
    this.blocks.set(id, blocks);
  }

  async read(id: string, number: number): Promise<Blob> {
    const bytes = this.blocks.get(id)?.[number] ?? new Uint8Array();
    return { size: bytes.byteLength, arrayBuffer: async () => bytes.slice().buffer } as Blob;
  }

  async note(record: FileRecord): Promise<void> {
    await this.beforeNoting;
    this.noted.set(record.offer.id, record);
  }

  async countBlocks(id: string): Promise<number> {
    return this.blocks.get(id)?.length ?? 0;
  }

  drop(id: string): void {
    this.blocks.delete(id);
  }

  /** All that is kept of a file. */
  wholeOf(id: string): Buffer {
    return Buffer.concat(this.blocks.get(id) ?? []);
  }
}

/** One person's page. */
export class FilePage extends ToolPage {
  readonly exchange: FileExchange;
  /** How often this page's person was told that something was dropped. */
  dropped = 0;

  constructor(readonly disk = new FakeDisk()) {
    super();
    this.exchange = new FileExchange({
      lesson: 'lesson',
      store: disk,
      clock: Date.now,
      digest,
      onReady: () => this.line.send(),
      onChange: () => undefined,
      onDropped: () => {
        this.dropped += 1;
      },
    });
    this.line.carry(new LessonFiles(this.exchange));
  }

  reload(): FilePage {
    this.line.stop();
    return new FilePage(this.disk);
  }

  give(name: string, bytes: Uint8Array<ArrayBuffer>, type = ''): boolean {
    const read = async (start: number, end: number) => bytes.slice(start, end);
    return this.exchange.offer({ name, type, size: bytes.byteLength, blob: {} as Blob, read });
  }

  get files(): readonly FileView[] {
    this.exchange.tick(Date.now());
    return this.exchange.views;
  }
}

/** Bytes of which no two stretches are alike. */
export function makeBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let value = seed;
  for (let place = 0; place < length; place += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[place] = value >>> 24;
  }
  return bytes;
}
