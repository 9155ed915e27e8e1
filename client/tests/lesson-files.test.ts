// Files between bytes and messages, as the browser has them: real digests, a real store in memory.

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeFileMessage } from '../src/classroom/file-messages';
import { LessonFiles } from '../src/classroom/lesson-files';

const ID = '0123456789abcdef';

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
});

afterEach(() => vi.unstubAllGlobals());

async function open() {
  const onReady = vi.fn();
  const files = await LessonFiles.open({
    lesson: 'l',
    clock: Date.now,
    onReady,
    onChange: () => undefined,
    onDropped: () => undefined,
  });
  files.open();
  return files;
}

/** Carry messages between the two until nothing more comes. */
async function talk(one: LessonFiles, other: LessonFiles, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const message = from.takeWord(0) ?? from.takePiece();
      if (message && 'bytes' in message) to.receive(message as never, 0);
    }
    await new Promise((next) => setTimeout(next, 0));
  }
}

test('a file is given by bytes, checked by SHA-256, and read back whole', async () => {
  const [one, other] = [await open(), await open()];
  const blob = new Blob(['hola']);
  const read = async (start: number, end: number) =>
    new Uint8Array(await blob.slice(start, end).arrayBuffer());
  one.exchange.offer({ name: 'a.txt', type: 'text/plain', size: 4, blob, read });
  await talk(one, other, () => one.exchange.views[0]?.state === 'done');

  const [view] = other.exchange.views;
  expect(view).toMatchObject({ name: 'a.txt', state: 'done' });
  expect(await (await other.exchange.readBlob(view?.id ?? ''))?.text()).toBe('hola');
});

test('rubbish is unreadable, and a piece of nothing is not expected', async () => {
  const files = await open();

  expect(files.receive({ kind: 'file-ask', bytes: new Uint8Array(3) }, 0)).toBe('unreadable');
  expect(files.receive({ kind: 'file-done', bytes: new Uint8Array(8) }, 0)).toBe('taken');
  expect(
    files.expects(writeFileMessage({ kind: 'file-piece', id: ID, offset: 0, bytes: new Uint8Array(9) })),
  ).toBe(false);
  expect(files.isHeld).toBe(false);
});
