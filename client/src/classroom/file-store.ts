// Keeps the files of this browser's lessons in IndexedDB, block by block, so that a large one needs no memory and a reload goes on where
// it was. Law: a page that may keep nothing works all the same, with smaller files; and after a day a file is gone.

import type { Offer, Stop } from './file-messages';
import type { BlockStore } from './incoming-file';
import { answerOf, endOf } from './indexed-db';

const DATABASE = 'langdao-files';
const RECORDS = 'records';
const BLOCKS = 'blocks';

/** An index of `records` by the lesson they belong to. */
const BY_LESSON = 'lesson';

/** As long as a link: after that nobody comes back to the lesson. */
const KEPT_MS_MAX = 24 * 60 * 60 * 1_000;

/** Where nothing can be kept, all files together have so much of the memory. */
const MEMORY_BYTES_MAX = 64 * 1_048_576;

/** How a file stands. `offered`: nothing of it is asked for. `moving`: it is on its way. */
export type FileState = 'offered' | 'moving' | 'done' | Stop;

/** What is known of a file over a reload. */
export interface FileRecord {
  readonly offer: Offer;
  readonly lesson: string;
  readonly isOwn: boolean;
  readonly atMs: number;
  readonly state: FileState;
}

type Row = FileRecord & { readonly id: string };

/** A lesson's files, as they are kept. */
export interface FileStore extends BlockStore {
  /** How many of a file's bytes can be kept: a page without a database has less room. */
  readonly bytesMax: number;
  readonly records: readonly FileRecord[];
  /** Note how a file stands; resolves when it is noted, or cannot be. What is not noted is forgotten by a reload, and by nothing else. */
  note(record: FileRecord): Promise<void>;
  /** Count the blocks of a file that are here, from the first on without a gap. */
  countBlocks(id: string): Promise<number>;
  /** Forget a file's blocks. */
  drop(id: string): void;
}

/** Open the store of *lesson*, and forget the files of yesterday. Never rejects. */
export async function openFileStore(lesson: string, nowMs: number): Promise<FileStore> {
  try {
    const database = await openDatabase();
    await forgetOld(database, nowMs);
    const rows = database.transaction(RECORDS).objectStore(RECORDS).index(BY_LESSON);
    return new DatabaseStore(database, await answerOf<Row[]>(rows.getAll(lesson)));
  } catch {
    return new MemoryStore();
  }
}

class MemoryStore implements FileStore {
  readonly bytesMax = MEMORY_BYTES_MAX;
  readonly records: readonly FileRecord[] = [];
  private readonly blocks = new Map<string, Blob[]>();
  private bytes = 0;

  async add(id: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const blocks = this.blocks.get(id) ?? [];
    const before = blocks[number]?.size ?? 0;
    if (this.bytes - before + bytes.byteLength > MEMORY_BYTES_MAX) throw new Error('the memory is full');
    this.bytes += bytes.byteLength - before;
    blocks[number] = new Blob([bytes]);
    this.blocks.set(id, blocks);
  }

  async read(id: string, number: number): Promise<Blob> {
    const block = this.blocks.get(id)?.[number];
    if (!block) throw new Error(`block ${number} of ${id} is not here`);
    return block;
  }

  async note(): Promise<void> {
    // A reload forgets it.
  }

  async countBlocks(id: string): Promise<number> {
    return this.blocks.get(id)?.length ?? 0;
  }

  drop(id: string): void {
    for (const block of this.blocks.get(id) ?? []) this.bytes -= block.size;
    this.blocks.delete(id);
  }
}

class DatabaseStore implements FileStore {
  readonly bytesMax = Number.POSITIVE_INFINITY;

  constructor(
    private readonly database: IDBDatabase,
    readonly records: readonly FileRecord[],
  ) {}

  /** As a Blob: what the browser gives back then is on the disk, and not in the memory. */
  async add(id: string, number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.put(id, number, new Blob([bytes]));
    } catch {
      await this.put(id, number, bytes); // Safari's private windows keep no Blob
    }
  }

  async read(id: string, number: number): Promise<Blob> {
    const blocks = this.database.transaction(BLOCKS).objectStore(BLOCKS);
    const block = await answerOf<Blob | Uint8Array<ArrayBuffer> | undefined>(blocks.get([id, number]));
    if (!block) throw new Error(`block ${number} of ${id} is not here`);
    return block instanceof Uint8Array ? new Blob([block]) : block;
  }

  private async put(id: string, number: number, block: Blob | Uint8Array): Promise<void> {
    const transaction = this.database.transaction(BLOCKS, 'readwrite');
    transaction.objectStore(BLOCKS).put(block, [id, number]);
    await endOf(transaction);
  }

  async note(record: FileRecord): Promise<void> {
    try {
      const row: Row = { ...record, id: record.offer.id };
      const transaction = this.database.transaction(RECORDS, 'readwrite');
      transaction.objectStore(RECORDS).put(row);
      await endOf(transaction);
    } catch {
      // The disk is full, or another tab has closed the database for a later version.
    }
  }

  async countBlocks(id: string): Promise<number> {
    const blocks = this.database.transaction(BLOCKS).objectStore(BLOCKS);
    const keys = await answerOf(blocks.getAllKeys(allOf(id)));
    const gap = keys.findIndex((key, place) => (key as [string, number])[1] !== place);
    return gap === -1 ? keys.length : gap;
  }

  drop(id: string): void {
    try {
      this.database.transaction(BLOCKS, 'readwrite').objectStore(BLOCKS).delete(allOf(id));
    } catch {
      // It goes tomorrow, with the rest.
    }
  }
}

function allOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(RECORDS, { keyPath: 'id' }).createIndex(BY_LESSON, 'lesson');
    request.result.createObjectStore(BLOCKS);
  };
  const database = await answerOf(request);
  // A later version of this page in another tab wants to change the database.
  database.onversionchange = () => database.close();
  return database;
}

async function forgetOld(database: IDBDatabase, nowMs: number): Promise<void> {
  const transaction = database.transaction([RECORDS, BLOCKS], 'readwrite');
  const [records, blocks] = [transaction.objectStore(RECORDS), transaction.objectStore(BLOCKS)];
  const known = await answerOf<Row[]>(records.getAll());
  for (const { id } of known.filter(({ atMs }) => nowMs - atMs > KEPT_MS_MAX)) {
    records.delete(id);
    blocks.delete(allOf(id));
  }
  await endOf(transaction);
}
