// What is kept of files on this device: with a whole IndexedDB in memory, and where there is none.

import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FileRecord, type FileStore, openFileStore } from '../src/classroom/file-store';

const DAY_MS = 24 * 60 * 60 * 1_000;
const bytes = (...values: number[]) => Uint8Array.from(values);

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const record = (id: string, lesson = 'lesson', atMs = 0): FileRecord => ({
  offer: { id, size: 3, name: 'x', type: '' },
  lesson,
  isOwn: false,
  atMs,
  state: 'moving',
});

async function read(store: FileStore, id: string, number: number): Promise<number[]> {
  return [...new Uint8Array(await (await store.read(id, number)).arrayBuffer())];
}

test('a page that is loaded again has the records of its lesson, and the blocks', async () => {
  const before = await openFileStore('lesson', 0);
  before.note(record('a'));
  before.note(record('b', 'another'));
  await before.add('a', 0, bytes(1, 2));
  await before.add('a', 1, bytes(3));

  const store = await openFileStore('lesson', 0);

  expect(store.records.map(({ offer }) => offer.id)).toEqual(['a']);
  expect(await store.countBlocks('a')).toBe(2);
  expect(await read(store, 'a', 1)).toEqual([3]);
  await expect(store.read('a', 2)).rejects.toThrow('block 2 of a is not here');
});

test('blocks behind a gap do not count, and dropped ones are gone', async () => {
  const store = await openFileStore('lesson', 0);
  for (const number of [0, 1, 3]) await store.add('a', number, bytes(number));

  expect(await store.countBlocks('a')).toBe(2);

  store.drop('a');

  expect(await store.countBlocks('a')).toBe(0);
});

test('after a day a file is gone', async () => {
  const before = await openFileStore('lesson', 0);
  before.note(record('old', 'lesson', 0));
  before.note(record('new', 'lesson', DAY_MS));
  await before.add('old', 0, bytes(1));
  await before.add('new', 0, bytes(1));

  const store = await openFileStore('lesson', DAY_MS + 1);

  expect(store.records.map(({ offer }) => offer.id)).toEqual(['new']);
  expect([await store.countBlocks('old'), await store.countBlocks('new')]).toEqual([0, 1]);
});

test('a browser that keeps no Blob keeps the bytes, and one that keeps neither says so', async () => {
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
    if (value instanceof Blob) throw new DOMException('no Blob', 'DataCloneError');
    return put.call(this, value, key);
  });
  const store = await openFileStore('lesson', 0);
  await store.add('a', 0, bytes(7));

  expect(await read(store, 'a', 0)).toEqual([7]);

  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });

  await expect(store.add('a', 1, bytes(8))).rejects.toThrow('full');
  expect(() => store.note(record('a'))).not.toThrow();
});

test('without a database files are in the memory, up to a bound', async () => {
  vi.stubGlobal('indexedDB', undefined);
  const store = await openFileStore('lesson', 0);
  await store.add('a', 0, bytes(1));
  await store.add('a', 0, bytes(2));

  expect(await read(store, 'a', 0)).toEqual([2]);
  expect(store.records).toEqual([]);
  await expect(store.add('b', 0, new Uint8Array(store.bytesMax))).rejects.toThrow('the memory is full');

  store.drop('a');

  await store.add('b', 0, new Uint8Array(store.bytesMax));
  expect(await store.countBlocks('b')).toBe(1);
  expect(await store.countBlocks('a')).toBe(0);
});
