// What is kept of a lesson on this device, with a whole IndexedDB in memory.

import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DocumentStore, type KeptDocument } from '../src/classroom/document-store';
import { until } from './until';

const DAY_MS = 24 * 60 * 60 * 1_000;

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A document that is the bytes it got. */
function makeDocument(lesson: string) {
  const all: number[] = [];
  const document: KeptDocument = {
    lesson,
    mergeUpdates: (updates) => Uint8Array.from(updates.flatMap((each) => [...each])),
    readWhole: () => Uint8Array.from(all),
    onLost: vi.fn(),
  };
  return { document, all };
}

async function open(lesson: string, nowMs = 0) {
  const { document, all } = makeDocument(lesson);
  const [store, updates] = await DocumentStore.open(document, nowMs);
  const kept = updates.flatMap((each) => [...each]);
  all.push(...kept);
  const add = (...bytes: number[]) => {
    all.push(...bytes);
    store.add(Uint8Array.from(bytes));
  };
  return { add, kept, records: updates.length, document };
}

async function readKept(lesson: string, nowMs = 0): Promise<number[]> {
  return (await open(lesson, nowMs)).kept;
}

test('what was kept comes back in its order, each lesson by itself', async () => {
  const [one, other] = [await open('one'), await open('other')];
  one.add(1, 2);
  other.add(9);
  one.add(3);
  one.add(4);

  await until(async () => expect(await readKept('one')).toEqual([1, 2, 3, 4]));
  expect(await readKept('other')).toEqual([9]);
});

test('what comes while one is being written is written at once, not one by one', async () => {
  const { add } = await open('one');
  for (let byte = 0; byte < 100; byte += 1) add(byte);

  await until(async () => expect(await readKept('one')).toHaveLength(100));
  expect((await open('one')).records).toBe(2);
});

test('after two hundred updates the document takes their place', async () => {
  const one = await open('one');
  for (let count = 0; count < 205; count += 1) {
    one.add(count % 256);
    await until(async () => expect((await readKept('one')).length).toBe(count + 1));
  }

  const { kept, records } = await open('one');
  expect(kept).toHaveLength(205);
  expect(records).toBeLessThan(10);
});

test('a lesson that nobody has opened for a week is deleted, with no other', async () => {
  const [old, fresh] = [await open('old'), await open('fresh', 6 * DAY_MS)];
  old.add(1);
  fresh.add(2);
  await until(async () => expect(await readKept('fresh', 6 * DAY_MS)).toEqual([2]));

  await open('another', 7 * DAY_MS + 1);

  expect(await readKept('old', 7 * DAY_MS + 1)).toEqual([]);
  expect(await readKept('fresh', 7 * DAY_MS + 1)).toEqual([2]);
});

test('a write that fails is told, and the next one brings the whole document', async () => {
  const { add, document } = await open('one');
  const adding = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  add(1);
  await until(() => expect(document.onLost).toHaveBeenCalledOnce());
  adding.mockRestore();
  add(2);

  await until(async () => expect(await readKept('one')).toEqual([1, 2]));
});

test('a disk that is slower than the hand holds up no more than a bound, and then writes the document', async () => {
  const document: KeptDocument = {
    lesson: 'one',
    mergeUpdates: ([first = new Uint8Array()]) => first,
    readWhole: () => Uint8Array.of(7, 7),
    onLost: vi.fn(),
  };
  const [store] = await DocumentStore.open(document, 0);
  store.add(Uint8Array.of(1));
  for (let count = 0; count < 20; count += 1) store.add(new Uint8Array(65_536));

  await until(async () => expect(await readKept('one')).toEqual([7, 7]));
  expect(document.onLost).not.toHaveBeenCalled();
});

test('where the browser keeps nothing, opening says so', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new DOMException('', 'SecurityError');
    },
  });

  await expect(open('one')).rejects.toThrow();
});
