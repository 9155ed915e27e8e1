// Keeps the documents of this browser's lessons in IndexedDB, so that a reload loses nothing. Law: a page that may keep nothing works
// all the same, and what nobody has opened for a week is deleted.

import { answerOf, endOf } from './indexed-db';

const DATABASE = 'langdao-classroom';
const UPDATES = 'updates';
export const LESSONS = 'lessons';
/** The pictures of a lesson's chat (picture-store.ts). */
export const PICTURES = 'pictures';

/** An index of `updates` by the lesson they belong to. */
const BY_LESSON = 'lesson';

const KEPT_MS_MAX = 7 * 24 * 60 * 60 * 1_000;

/** So many updates are kept one by one; then the whole document takes their place. */
const UPDATES_MAX = 200;

/** A slow disk holds up no more than this. */
const WAITING_BYTES_MAX = 1_048_576;

interface KeptUpdate {
  readonly lesson: string;
  readonly update: Uint8Array;
}

interface KeptLesson {
  readonly lesson: string;
  readonly openedMs: number;
}

/** Open the database, and forget the lessons of long ago. Rejects where the browser lets this page keep nothing. */
export async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 2);
  request.onupgradeneeded = ({ oldVersion }) => {
    request.result.createObjectStore(PICTURES, { keyPath: 'lesson' });
    if (oldVersion === 1) return;
    request.result.createObjectStore(UPDATES, { autoIncrement: true }).createIndex(BY_LESSON, 'lesson');
    request.result.createObjectStore(LESSONS, { keyPath: 'lesson' });
  };
  const database = await answerOf(request);
  // A later version of this page in another tab wants to change the database.
  database.onversionchange = () => database.close();
  return database;
}

/** The document that is kept, as its store sees it. */
export interface KeptDocument {
  readonly lesson: string;
  /** Make one update of several. */
  mergeUpdates(updates: readonly Uint8Array[]): Uint8Array;
  readWhole(): Uint8Array;
  /** An update could not be kept. The next one that can brings the whole document. */
  onLost(): void;
}

export class DocumentStore {
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isWriting = false;

  private constructor(
    private readonly database: IDBDatabase,
    private readonly document: KeptDocument,
    private kept: number,
  ) {}

  /** Open the store of *document*, and give what was kept of it, oldest first. Rejects where nothing can be kept. */
  static async open(document: KeptDocument, nowMs: number): Promise<[DocumentStore, readonly Uint8Array[]]> {
    const database = await openDatabase();
    await forgetOld(database, nowMs);
    const transaction = database.transaction([UPDATES, LESSONS], 'readwrite');
    const opened: KeptLesson = { lesson: document.lesson, openedMs: nowMs };
    transaction.objectStore(LESSONS).put(opened);
    const updates = transaction.objectStore(UPDATES).index(BY_LESSON);
    const rows = await answerOf<KeptUpdate[]>(updates.getAll(document.lesson));
    return [new DocumentStore(database, document, rows.length), rows.map(({ update }) => update)];
  }

  /** Keep *update*. Those that come while one is being written are written together; if they are too many, the whole document is. */
  add(update: Uint8Array): void {
    this.waiting.push(update);
    this.waitingBytes += update.byteLength;
    if (this.waitingBytes > WAITING_BYTES_MAX) this.drop();
    if (!this.isWriting) void this.write();
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0 || this.waitingBytes > 0) {
      const { waiting } = this;
      this.waiting = [];
      this.waitingBytes = 0;
      try {
        if (this.kept < UPDATES_MAX) await this.append(this.document.mergeUpdates(waiting));
        else await this.replace(this.document.readWhole());
      } catch {
        this.kept = UPDATES_MAX;
        this.document.onLost(); // the disk is full, or was cleared
      }
    }
    this.isWriting = false;
  }

  /** Write the whole document instead of what waits. */
  private drop(): void {
    this.waiting = [];
    this.kept = UPDATES_MAX;
  }

  private async append(update: Uint8Array): Promise<void> {
    const transaction = this.database.transaction(UPDATES, 'readwrite');
    const row: KeptUpdate = { lesson: this.document.lesson, update };
    transaction.objectStore(UPDATES).add(row);
    await endOf(transaction);
    this.kept += 1;
  }

  private async replace(whole: Uint8Array): Promise<void> {
    const transaction = this.database.transaction(UPDATES, 'readwrite');
    const updates = transaction.objectStore(UPDATES);
    const keys = await answerOf(updates.index(BY_LESSON).getAllKeys(this.document.lesson));
    for (const key of keys) updates.delete(key);
    const row: KeptUpdate = { lesson: this.document.lesson, update: whole };
    updates.add(row);
    await endOf(transaction);
    this.kept = 1;
  }
}

/** Tell whether a document of *lesson* is kept. Where nothing can be kept, there is none. */
export async function hasDocument(lesson: string): Promise<boolean> {
  try {
    const database = await openDatabase();
    const key = await answerOf(database.transaction(LESSONS).objectStore(LESSONS).getKey(lesson));
    database.close();
    return key !== undefined;
  } catch {
    return false;
  }
}

async function forgetOld(database: IDBDatabase, nowMs: number): Promise<void> {
  const transaction = database.transaction([UPDATES, LESSONS, PICTURES], 'readwrite');
  const [updates, lessons] = [transaction.objectStore(UPDATES), transaction.objectStore(LESSONS)];
  const known = await answerOf<KeptLesson[]>(lessons.getAll());
  for (const { lesson } of known.filter(({ openedMs }) => nowMs - openedMs > KEPT_MS_MAX)) {
    lessons.delete(lesson);
    transaction.objectStore(PICTURES).delete(lesson);
    for (const key of await answerOf(updates.index(BY_LESSON).getAllKeys(lesson))) updates.delete(key);
  }
  await endOf(transaction);
}
