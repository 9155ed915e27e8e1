// The pictures of a lesson on this device, with a whole IndexedDB in memory.

import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DocumentStore } from '../src/classroom/document-store';
import { keepPictures, readPictures } from '../src/classroom/picture-store';

const DAY_MS = 24 * 60 * 60 * 1_000;
const CAT = { name: 'cat.png', type: 'image/png' as const, blob: new Blob(['cat']) };
const DOG = { ...CAT, name: 'dog.png' };

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});

afterEach(() => vi.unstubAllGlobals());

const openDocument = (lesson: string, nowMs: number) =>
  DocumentStore.open(
    {
      lesson,
      mergeUpdates: ([one]) => one as Uint8Array,
      readWhole: () => new Uint8Array(),
      onLost: vi.fn(),
    },
    nowMs,
  );
const names = async (lesson: string) => (await readPictures(lesson)).map(({ name }) => name);

test('what is kept is there for its lesson, and the newer replaces the older', async () => {
  await keepPictures('lesson', [CAT], 0);
  await keepPictures('lesson', [CAT, DOG], 0);

  expect(await names('lesson')).toEqual(['cat.png', 'dog.png']);
  expect(await names('another')).toEqual([]);
});

test('pictures go when the document goes', async () => {
  await openDocument('old', 0);
  await keepPictures('old', [CAT], 0);
  await keepPictures('new', [DOG], 5 * DAY_MS);
  await openDocument('another', 8 * DAY_MS);

  expect(await names('old')).toEqual([]);
  expect(await names('new')).toEqual(['dog.png']);
});

test('a browser that keeps nothing gives nothing, and says nothing', async () => {
  vi.stubGlobal('indexedDB', undefined);
  await keepPictures('lesson', [CAT], 0);

  expect(await names('lesson')).toEqual([]);
});

test('the database of an earlier version gets a place for them, and loses nothing', async () => {
  const request = indexedDB.open('langdao-classroom', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('updates', { autoIncrement: true }).createIndex('lesson', 'lesson');
    request.result.createObjectStore('lessons', { keyPath: 'lesson' });
    request.transaction?.objectStore('updates').add({ lesson: 'lesson', update: Uint8Array.of(1) });
  };
  await new Promise((done) => {
    request.onsuccess = done;
  });
  request.result.close();

  await keepPictures('lesson', [CAT], 0);
  const [, updates] = await openDocument('lesson', 0);

  expect([await names('lesson'), updates]).toEqual([['cat.png'], [Uint8Array.of(1)]]);
});
