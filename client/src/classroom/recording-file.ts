// Where a recording is written while it is made: a file of this browser, which outlives the page, or this page's memory where the
// browser has no such files. Law: what was written before a failure stays.

import type { WriterOrder, WriterReport } from './recording-worker';
import workerUrl from './recording-worker?worker&url';

/** Twenty minutes and more. A page that holds more is closed by a phone. */
export const MEMORY_BYTES_MAX = 256 * 1_048_576;

/** Five hours. */
export const DISK_BYTES_MAX = 4 * 1_024 * 1_048_576;

/** So much may wait for a slow disk. */
const WAITING_BYTES_MAX = 32 * 1_048_576;

/** A slow disk may need so long for what waits. */
const CLOSE_MS_MAX = 30_000;

const FOLDER = 'recordings';

export interface RecordingFile {
  /** Take the next piece; returns whether there is room for it. */
  write(piece: ArrayBuffer): boolean;
  /** Give all that was written. */
  finish(): Promise<Blob>;
}

/** The worker that beats and writes. */
export class RecordingWorker {
  onBeat: () => void = () => undefined;
  /** Hears each report about the file, in the order of the orders. */
  private readonly waiting: ((report: WriterReport) => void)[] = [];
  private readonly worker = new Worker(workerUrl);
  /** Its script did not come: it neither beats nor writes. */
  isDead = false;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<WriterReport>) => {
      if (data === 'beat') this.onBeat();
      else this.waiting.shift()?.(data);
    };
    this.worker.onerror = () => {
      this.isDead = true;
      for (const hear of this.waiting.splice(0)) hear('failed');
    };
  }

  beat(everyMs: number): void {
    this.worker.postMessage({ kind: 'beat', everyMs } satisfies WriterOrder);
  }

  order(order: WriterOrder, moved: Transferable[] = []): Promise<WriterReport> {
    if (this.isDead) return Promise.resolve('failed');
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.worker.postMessage(order, moved);
    });
  }

  end(): void {
    this.worker.terminate();
  }
}

/** In this browser's own folder. */
class DiskFile implements RecordingFile {
  private bytes = 0;
  private waitingBytes = 0;
  private hasFailed = false;

  constructor(
    private readonly worker: RecordingWorker,
    private readonly name: string,
  ) {}

  write(piece: ArrayBuffer): boolean {
    const { byteLength } = piece;
    this.bytes += byteLength;
    this.waitingBytes += byteLength;
    if (this.hasFailed || this.bytes > DISK_BYTES_MAX || this.waitingBytes > WAITING_BYTES_MAX) return false;
    void this.worker.order({ kind: 'write', bytes: piece }, [piece]).then((report) => {
      this.waitingBytes -= byteLength;
      this.hasFailed ||= report === 'failed';
    });
    return true;
  }

  async finish(): Promise<Blob> {
    // A worker that the system has ended says nothing any more.
    const timeout = new Promise((resolve) => setTimeout(resolve, CLOSE_MS_MAX));
    await Promise.race([this.worker.order({ kind: 'close' }), timeout]);
    return (await readKept(this.name)) ?? new Blob();
  }
}

/** In this page's memory: it goes with the page. */
export class MemoryFile implements RecordingFile {
  private readonly pieces: ArrayBuffer[] = [];
  private bytes = 0;

  write(piece: ArrayBuffer): boolean {
    if (this.bytes + piece.byteLength > MEMORY_BYTES_MAX) return false;
    this.bytes += piece.byteLength;
    this.pieces.push(piece);
    return true;
  }

  finish(): Promise<Blob> {
    return Promise.resolve(new Blob(this.pieces));
  }
}

/** Begin a file of the *name*, on the disk where the browser can; the second is whether it is there. */
export async function openFile(
  worker: RecordingWorker | null,
  name: string,
): Promise<[RecordingFile, boolean]> {
  const isOnDisk = worker !== null && (await worker.order({ kind: 'open', name })) === 'opened';
  return isOnDisk ? [new DiskFile(worker, name), true] : [new MemoryFile(), false];
}

/** Read a file that was written, also by an earlier page; null where it is not there. */
export async function readKept(name: string): Promise<Blob | null> {
  try {
    const file = await (await (await openFolder()).getFileHandle(name)).getFile();
    return file.size > 0 ? file : null;
  } catch {
    return null;
  }
}

/** Delete each file that *isOld* names: one that is in no list any more is never asked for again, and may have gigabytes. */
export async function deleteOld(isOld: (name: string) => boolean): Promise<void> {
  try {
    const names: string[] = [];
    for await (const name of (await openFolder()).keys()) if (isOld(name)) names.push(name);
    for (const name of names) await deleteKept(name);
  } catch {
    // The browser has no such folder, or none yet.
  }
}

/** Delete a file that was written. */
export async function deleteKept(name: string): Promise<void> {
  await openFolder().then(
    (folder) => folder.removeEntry(name).catch(() => undefined),
    () => undefined,
  );
}

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
}
