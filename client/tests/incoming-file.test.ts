// One file that comes: what it asks for, what it takes, and when it asks again.

import { expect, test, vi } from 'vitest';
import { BLOCK_BYTES, FILE_PIECE_BYTES, WHOLE } from '../src/classroom/file-messages';
import { IncomingFile } from '../src/classroom/incoming-file';
import { digest, FakeDisk, makeBytes } from './file-pages';

const ID = '0123456789abcdef';
const MOST = 4 * BLOCK_BYTES;

function make(size: number, kept = 0, disk = new FakeDisk()) {
  const callbacks = { onReady: vi.fn(), onDone: vi.fn(), onFailed: vi.fn() };
  const offer = { id: ID, size, name: 'x', type: '' };
  return { file: new IncomingFile(offer, kept, disk, digest, callbacks), callbacks, disk };
}

const settle = () => new Promise((next) => setTimeout(next, 5));

/** Give *file* the first *length* of *content* from where it is. */
function give(file: IncomingFile, content: Uint8Array, until: number): void {
  while (file.received < until) {
    const { received } = file;
    file.receivePiece(received, content.subarray(received, Math.min(until, received + FILE_PIECE_BYTES)), 0);
    if (file.received === received) return;
  }
}

test('it asks for a window, and for more only when half of it has come', () => {
  const { file } = make(MOST);
  const ask = file.takeAsk(MOST, 0);

  expect(ask).toEqual({ kind: 'file-ask', id: ID, offset: 0, length: 65_536 });
  expect(file.takeAsk(MOST, 0)).toBeNull();

  give(file, makeBytes(MOST), 65_536);

  expect(file.takeAsk(MOST, 0)).toMatchObject({ offset: 65_536 });
});

test('it is kept block by block, and done when the whole fits', async () => {
  const { file, callbacks, disk } = make(BLOCK_BYTES + 9);
  const content = makeBytes(BLOCK_BYTES + 9);
  const blocks = [content.slice(0, BLOCK_BYTES), content.slice(BLOCK_BYTES)];
  for (const [number, block] of blocks.entries()) {
    const end = Math.min(content.length, (number + 1) * BLOCK_BYTES);
    while (file.received < end) {
      file.takeAsk(MOST, 0);
      give(file, content, Math.min(end, file.received + 65_536));
    }
    file.receiveDigest(number, await digest(block), 0);
  }
  await settle();

  expect(disk.wholeOf(ID).equals(Buffer.from(content))).toBe(true);
  expect(callbacks.onDone).not.toHaveBeenCalled();

  const digests = await Promise.all(blocks.map(digest));
  file.receiveDigest(WHOLE, await digest(Uint8Array.from(digests.flatMap((each) => [...each]))), 0);
  await settle();

  expect(callbacks.onDone).toHaveBeenCalledOnce();
});

test('it holds no more than two blocks that are not kept yet', () => {
  const { file } = make(8 * BLOCK_BYTES);
  const content = makeBytes(BLOCK_BYTES);
  for (let turn = 0; turn < 100; turn += 1) {
    file.takeAsk(MOST, turn);
    give(file, content, BLOCK_BYTES);
  }

  expect(file.received).toBe(BLOCK_BYTES); // its digest has not come
});

test.each([
  ['out of its place', 5, 10],
  ['longer than what was asked for', 0, 65_537],
  ['of no bytes', 0, 0],
])('a piece %s is not taken', (_what, offset, length) => {
  const { file } = make(MOST);
  file.takeAsk(MOST, 0);
  file.receivePiece(offset, new Uint8Array(length), 0);

  expect(file.received).toBe(0);
});

test('what does not come is asked for again after ten seconds, and what is lost with its connection at once', () => {
  const { file } = make(MOST);
  file.takeAsk(MOST, 0);
  file.tick(9_999);

  expect(file.takeAsk(MOST, 9_999)).toBeNull();

  file.tick(10_000);

  expect(file.takeAsk(MOST, 10_000)).toMatchObject({ offset: 0, length: 65_536 });

  file.beginAgain();

  expect(file.takeAsk(MOST, 10_001)).toMatchObject({ offset: 0, length: 65_536 });
});

test('what was kept before a reload is read again for the whole’s digest: a disk that changed it is found out', async () => {
  const disk = new FakeDisk();
  await disk.add(ID, 0, makeBytes(BLOCK_BYTES));
  const whole = await digest(await digest(makeBytes(BLOCK_BYTES)));
  const good = make(BLOCK_BYTES, 1, disk);

  expect(good.file.takeAsk(MOST, 0)).toEqual({ kind: 'file-ask', id: ID, offset: BLOCK_BYTES, length: 0 });

  good.file.receiveDigest(WHOLE, whole, 0);
  await settle();

  expect(good.callbacks.onDone).toHaveBeenCalledOnce();

  await disk.add(ID, 0, makeBytes(BLOCK_BYTES, 2));
  const bad = make(BLOCK_BYTES, 1, disk);
  bad.file.receiveDigest(WHOLE, whole, 0);
  await settle();

  expect(bad.callbacks.onFailed).toHaveBeenCalledExactlyOnceWith('damaged');
});

test('once it is stopped it asks for nothing and takes nothing', () => {
  const { file } = make(MOST);
  file.takeAsk(MOST, 0);
  file.stop();
  file.receivePiece(0, new Uint8Array(10), 0);

  expect(file.received).toBe(0);
  expect(file.takeAsk(MOST, 0)).toBeNull();
});
