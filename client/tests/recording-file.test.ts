// Where a recording is written: on the disk where the browser can, else in memory, each with a bound, and what was written stays.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  deleteKept,
  deleteOld,
  MEMORY_BYTES_MAX,
  MemoryFile,
  openFile,
  RecordingWorker,
  readKept,
} from '../src/classroom/recording-file';
import type { WriterOrder, WriterReport } from '../src/classroom/recording-worker';

vi.mock('../src/classroom/recording-worker?worker&url', () => ({ default: '/recording-worker.js' }));

class FakeWorker {
  static made: FakeWorker;
  onmessage: (event: { data: WriterReport }) => void = () => undefined;
  onerror: () => void = () => undefined;
  readonly orders: WriterOrder[] = [];
  readonly terminate = vi.fn();

  constructor(readonly address: string) {
    FakeWorker.made = this;
  }

  postMessage(order: WriterOrder): void {
    this.orders.push(order);
  }

  report(...reports: readonly WriterReport[]): void {
    for (const data of reports) this.onmessage({ data });
  }
}

const removeEntry = vi.fn(async (_name: string) => undefined);
async function* keys() {
  yield* ['1.webm', '2.webm', '3.mp4'];
}
let kept = new Blob(['abc']);

beforeEach(() => {
  vi.clearAllMocks();
  kept = new Blob(['abc']);
  const folder = { getFileHandle: async () => ({ getFile: async () => kept }), removeEntry, keys };
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => ({ getDirectoryHandle: async () => folder }) },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function openWith(report: WriterReport) {
  const worker = new RecordingWorker();
  const opened = openFile(worker, '1.webm');
  FakeWorker.made.report(report);
  return [worker, ...(await opened)] as const;
}

const soon = () => new Promise((wake) => setTimeout(wake, 0));

test('on the disk each piece is written by the worker, and the file is read at the end', async () => {
  const [, file, isOnDisk] = await openWith('opened');
  expect([file.write(new ArrayBuffer(4)), file.write(new ArrayBuffer(2))]).toEqual([true, true]);
  const finished = file.finish();
  FakeWorker.made.report('written', 'written', 'closed');

  expect(isOnDisk).toBe(true);
  expect(await (await finished).text()).toBe('abc');
  expect(FakeWorker.made.orders.map(({ kind }) => kind)).toEqual(['open', 'write', 'write', 'close']);
});

test('a disk that is full takes no more, and what it has is there', async () => {
  const [, file] = await openWith('opened');
  file.write(new ArrayBuffer(4));
  FakeWorker.made.report('failed');
  await soon();

  expect(file.write(new ArrayBuffer(4))).toBe(false);

  const finished = file.finish();
  FakeWorker.made.report('closed');
  expect((await finished).size).toBe(3);
});

test('a disk that is slow holds up 32 MiB and no more', async () => {
  const [, file] = await openWith('opened');

  expect(file.write(new ArrayBuffer(32 * 1_048_576))).toBe(true);
  expect(file.write(new ArrayBuffer(1))).toBe(false);
});

test('where there is no disk, or no worker, the pieces are in memory', async () => {
  const [, file, isOnDisk] = await openWith('failed');
  const [other, isOther] = await openFile(null, '1.webm');
  file.write(new TextEncoder().encode('ab').buffer);
  file.write(new TextEncoder().encode('c').buffer);

  expect([isOnDisk, isOther]).toEqual([false, false]);
  expect(await (await file.finish()).text()).toBe('abc');
  expect((await other.finish()).size).toBe(0);
});

test('memory has a bound', () => {
  const file = new MemoryFile();
  const piece = { byteLength: MEMORY_BYTES_MAX } as ArrayBuffer;

  expect(file.write(piece)).toBe(true);
  expect(file.write(new ArrayBuffer(1))).toBe(false);
});

test('a worker that dies answers what waits, and its beat is heard', async () => {
  const worker = new RecordingWorker();
  const beat = vi.fn();
  worker.onBeat = beat;
  worker.beat(40);
  FakeWorker.made.report('beat');
  const answer = worker.order({ kind: 'close' });
  FakeWorker.made.onerror();
  worker.end();

  expect(beat).toHaveBeenCalledOnce();
  expect(await answer).toBe('failed');
  expect(worker.isDead).toBe(true);
  expect(await worker.order({ kind: 'close' })).toBe('failed');
  expect(FakeWorker.made.terminate).toHaveBeenCalledOnce();
});

test('what an earlier page has left is read and deleted, and what is not there is nothing', async () => {
  expect((await readKept('1.webm'))?.size).toBe(3);
  kept = new Blob();
  expect(await readKept('1.webm')).toBeNull();

  await deleteKept('1.webm');
  expect(removeEntry).toHaveBeenCalledWith('1.webm');

  vi.stubGlobal('navigator', { storage: undefined });
  expect(await readKept('1.webm')).toBeNull();
  await expect(deleteKept('1.webm')).resolves.toBeUndefined();
});

test('files that are in no list any more are deleted', async () => {
  await deleteOld((name) => name !== '2.webm');
  expect(removeEntry.mock.calls).toEqual([['1.webm'], ['3.mp4']]);

  vi.stubGlobal('navigator', { storage: undefined });
  await expect(deleteOld(() => true)).resolves.toBeUndefined();
});

test('a worker that says nothing any more does not hold up the file', async () => {
  const [, file] = await openWith('opened');
  vi.useFakeTimers();
  const finished = file.finish();
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();

  expect((await finished).size).toBe(3);
});
