// Files from page to page, over a channel that drops and comes back: whatever happens, a file is there to the byte or is said not to
// come. And what another page may send in their place.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FILES_MAX } from '../src/classroom/file-limits';
import { BLOCK_BYTES, type FileMessage, writeFileMessage } from '../src/classroom/file-messages';
import { writeFrames } from '../src/classroom/tool-frames';
import type { FakeChannel } from './fake-channel';
import { FakeDisk, FilePage, makeBytes } from './file-pages';
import { join } from './tool-pages';

const MIB = 1_048_576;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

function meet(): [FilePage, FilePage] {
  return [new FilePage(), new FilePage()];
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test('a picture comes by itself, to the byte, and both are told that it is there', async () => {
  const pages = meet();
  join(pages);
  const bytes = makeBytes(700_000);
  pages[0].give('cat.png', bytes, 'image/png');
  await pass(2_000);

  const [theirs] = pages[1].files;
  expect(theirs).toMatchObject({ name: 'cat.png', type: 'image/png', state: 'done', bytes: 700_000 });
  expect(pages[1].disk.wholeOf(theirs?.id ?? '')).toEqual(Buffer.from(bytes));
  expect(pages[0].files).toMatchObject([{ isOwn: true, state: 'done' }]);
});

test('a large file waits until it is asked for, and nothing of it is read before', async () => {
  const pages = meet();
  join(pages);
  const bytes = makeBytes(6 * MIB);
  pages[0].give('scan.pdf', bytes);
  await pass(5_000);

  expect(pages[1].files).toMatchObject([{ state: 'offered', bytes: 0 }]);

  pages[1].exchange.fetch(pages[1].files[0]?.id ?? '');
  await pass(10_000);

  expect(pages[1].files).toMatchObject([{ state: 'done' }]);
  expect(pages[1].disk.wholeOf(pages[1].files[0]?.id ?? '')).toEqual(Buffer.from(bytes));
});

test('files of no byte, of one, and of exactly a block and one more', async () => {
  const pages = meet();
  join(pages);
  const sizes = [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1];
  for (const size of sizes) pages[0].give(`${size}`, makeBytes(size));
  await pass(5_000);

  expect(pages[1].files.map(({ size, state }) => [size, state])).toEqual(sizes.map((size) => [size, 'done']));
  for (const { id, size } of pages[1].files)
    expect(pages[1].disk.wholeOf(id)).toEqual(Buffer.from(makeBytes(size)));
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(900) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), loudly: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), delayMs: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('write' as const), text: fc.string() }) },
);

test('after any drops, and reloads of who gets it, it is there to the byte, and no block came twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(4 * MIB), async (steps, size) => {
      const pages = meet();
      const bytes = makeBytes(size);
      let wire = join(pages, 40, 2_000);
      pages[0].give('lesson.mp3', bytes);
      for (const each of steps) {
        if (each.do === 'pass') await pass(each.ms);
        else if (each.do === 'cut') wire.cut(each.loudly);
        else if (each.do === 'join') wire = join(pages, each.delayMs, 2_000);
        else if (each.do === 'write') pages[0].document.doc.getText('notes').insert(0, each.text);
        else {
          wire.cut(true);
          pages[1] = pages[1].reload();
        }
      }
      wire.cut(true);
      join(pages, 20);
      await pass(40_000);

      const [theirs] = pages[1].files;
      expect(theirs).toMatchObject({ size, state: 'done' });
      expect(pages[1].disk.wholeOf(theirs?.id ?? '').equals(Buffer.from(bytes))).toBe(true);
      expect(pages[0].files).toMatchObject([{ state: 'done' }]);
      expect(pages[1].document.readWhole()).toEqual(pages[0].document.readWhole());
      expect([...pages[0].notices, ...pages[1].notices]).toEqual([]);
      for (const { line } of pages) line.stop();
    }),
    { numRuns: 60 },
  );
});

test('a connection that is lost in the middle goes on where it was', async () => {
  const pages = meet();
  const wire = join(pages, 20, 1_000);
  pages[0].give('a.bin', makeBytes(4 * MIB));
  await pass(3_500);
  const before = pages[1].files[0]?.bytes ?? 0;
  wire.cut(true);
  await pass(3_000);
  const again = join(pages, 20, 1_000);
  await pass(10_000);

  expect(before).toBeGreaterThan(MIB);
  expect(pages[1].files).toMatchObject([{ state: 'done' }]);
  const bytesAgain = again.ends[0].sent.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytesAgain).toBeLessThan(4 * MIB - before + 2 * MIB);
});

test('who gives it loads the page anew: both are told, and nothing waits for ever', async () => {
  const pages = meet();
  const wire = join(pages, 20, 500);
  pages[0].give('a.bin', makeBytes(4 * MIB));
  await pass(1_000);
  wire.cut(true);
  pages[0] = pages[0].reload();
  join(pages);
  await pass(2_000);

  expect(pages[0].files).toMatchObject([{ isOwn: true, state: 'gone' }]);
  expect(pages[1].files).toMatchObject([{ isOwn: false, state: 'gone' }]);
  expect(pages[1].disk.blocks.size).toBe(0);
});

test('a file is offered when its own page has noted it, or the disk takes too long', async () => {
  const pages = meet();
  const wire = join(pages);
  let note: () => void = () => undefined;
  pages[0].disk.beforeNoting = new Promise((resolve) => {
    note = resolve;
  });
  pages[0].give('a.bin', makeBytes(6 * MIB));
  await pass(1_000);
  expect(pages[1].files).toEqual([]);

  note();
  await pass(100);
  expect(pages[1].files).toMatchObject([{ name: 'a.bin', state: 'offered' }]);

  wire.cut(true);
  pages[0] = pages[0].reload();
  join(pages);
  await pass(2_000);
  expect(pages[1].files).toMatchObject([{ state: 'gone' }]);

  pages[0].disk.beforeNoting = new Promise(() => undefined);
  pages[0].give('b.bin', makeBytes(6 * MIB));
  await pass(3_000);
  expect(pages[1].files).toMatchObject([{ state: 'gone' }, { name: 'b.bin', state: 'offered' }]);
});

test('a page that is loaded anew before it has noted a file leaves nobody waiting for it', async () => {
  const pages = meet();
  const wire = join(pages);
  pages[0].disk.beforeNoting = new Promise(() => undefined);
  pages[0].give('a.bin', makeBytes(6 * MIB));
  await pass(100);
  wire.cut(true);
  pages[0] = pages[0].reload();
  join(pages);
  await pass(3_000);

  expect(pages.map(({ files }) => files.length)).toEqual([0, 0]);
});

test.each([0, 1] as const)('side %d takes it back, and both see it at once', async (side) => {
  const pages = meet();
  join(pages, 20, 500);
  pages[0].give('a.bin', makeBytes(4 * MIB));
  await pass(1_000);
  pages[side].exchange.stop(pages[side].files[0]?.id ?? '');
  await pass(1_000);

  for (const page of pages) expect(page.files).toMatchObject([{ state: 'unwanted' }]);
  expect(pages[0].notices.concat(pages[1].notices)).toEqual([]);
});

test('what is stopped while the channel is away is stopped when it is back', async () => {
  const pages = meet();
  const wire = join(pages, 20, 500);
  pages[0].give('a.bin', makeBytes(4 * MIB));
  await pass(1_000);
  wire.cut(true);
  pages[1].exchange.stop(pages[1].files[0]?.id ?? '');
  join(pages);
  await pass(1_000);

  expect(pages[0].files).toMatchObject([{ state: 'unwanted' }]);
});

test('a full disk and a changed file end it on both sides, with what was wrong', async () => {
  const pages: [FilePage, FilePage] = [new FilePage(), new FilePage(new FakeDisk())];
  pages[1].disk.isFull = true;
  join(pages);
  pages[0].give('a.bin', makeBytes(2 * MIB));
  const read = () => Promise.reject(new Error('NotReadableError'));
  pages[1].exchange.offer({ name: 'b', type: '', size: 9, blob: {} as Blob, read });
  await pass(3_000);

  for (const page of pages)
    expect(Object.fromEntries(page.files.map(({ name, state }) => [name, state]))).toEqual({
      'a.bin': 'no-room',
      b: 'unreadable',
    });
});

test('an edit goes before the file, which never fills what the browser holds', async () => {
  const pages = meet();
  const wire = join(pages, 20, 100); // 0.8 Mbit/s
  await pass(500);
  pages[0].give('a.bin', makeBytes(4 * MIB));
  await pass(5_000);
  pages[0].document.doc.getText('notes').insert(0, 'word');
  await pass(2_000);

  expect(pages[1].document.doc.getText('notes').toString()).toBe('word');
  expect(wire.ends[0].bufferedMost).toBeLessThanOrEqual(9 * 16_384);
});

/** Send *message* as another page could. */
function sendRaw(end: FakeChannel, message: FileMessage, number = 0): void {
  const frames = writeFrames({ kind: message.kind, bytes: writeFileMessage(message) }, number);
  for (const frame of frames) end.send(frame);
}

async function meetRaw(): Promise<{ page: FilePage; end: FakeChannel }> {
  const pages = meet();
  const wire = join(pages);
  await pass(500);
  pages[1].line.stop();
  return { page: pages[0], end: wire.ends[1] };
}

const ID = '0123456789abcdef';

test('a thousand offers at once: as many as there is a place for, and one notice for the rest', async () => {
  const { page, end } = await meetRaw();
  for (let number = 0; number < 1_000; number += 1) {
    const id = number.toString(16).padStart(16, '0');
    sendRaw(end, { kind: 'file-offer', offer: { id, size: 5 * MIB, name: 'x', type: '' } }, number);
  }
  await pass(5_000);

  expect(page.files).toHaveLength(FILES_MAX);
  expect(page.dropped).toBe(1);
  expect(new Set(page.notices)).toEqual(new Set(['flood']));
  const asked = page.files.filter(({ state }) => state === 'moving');
  expect(asked).toHaveLength(10); // 50 MiB together come by themselves
});

test('more bytes than were promised, out of their place, or of a file that nobody offered, are left', async () => {
  const { page, end } = await meetRaw();
  sendRaw(end, { kind: 'file-offer', offer: { id: ID, size: 10, name: 'x', type: '' } });
  await pass(100);
  const piece = (offset: number, length: number, id = ID): FileMessage => ({
    kind: 'file-piece',
    id,
    offset,
    bytes: makeBytes(length),
  });
  sendRaw(end, piece(0, 11));
  sendRaw(end, piece(5, 5));
  sendRaw(end, piece(0, 10, 'ffffffffffffffff'));
  sendRaw(end, { kind: 'file-digest', id: ID, block: 0, digest: makeBytes(32) });
  await pass(100);

  expect(page.files).toMatchObject([{ state: 'moving', bytes: 0 }]);
});

test('a digest that does not fit is asked for again, and in the end it is said to be damaged', async () => {
  const { page, end } = await meetRaw();
  sendRaw(end, { kind: 'file-offer', offer: { id: ID, size: 10, name: 'x', type: '' } });
  await pass(100);
  for (let time = 0; time < 3; time += 1) {
    expect(page.files).toMatchObject([{ state: 'moving', bytes: 0 }]);
    sendRaw(end, { kind: 'file-piece', id: ID, offset: 0, bytes: makeBytes(10) });
    sendRaw(end, { kind: 'file-digest', id: ID, block: 0, digest: makeBytes(32) });
    await pass(100);
  }

  expect(page.files).toMatchObject([{ state: 'damaged' }]);
  expect(page.disk.blocks.size).toBe(0);
});

test('a question for what lies behind the end of a file makes it no longer', async () => {
  const { page, end } = await meetRaw();
  page.give('a.txt', makeBytes(10));
  await pass(100);
  const id = page.files[0]?.id ?? '';
  sendRaw(end, { kind: 'file-ask', id, offset: 0xffff_ffff, length: 1 });
  await pass(100);

  expect(page.files).toMatchObject([{ size: 10, bytes: 10 }]);
});

test('a block in crumbs is no block: nothing of it stays in memory', async () => {
  const { page, end } = await meetRaw();
  sendRaw(end, { kind: 'file-offer', offer: { id: ID, size: 65_536, name: 'x', type: '' } });
  await pass(100);
  for (let offset = 0; offset < 3_000; offset += 1)
    sendRaw(end, { kind: 'file-piece', id: ID, offset, bytes: Uint8Array.of(7) });
  await pass(1_000);

  expect(page.files).toMatchObject([{ state: 'damaged', bytes: 0 }]);
});

test('a page that asks for what it was never offered hears that it is gone, and no more', async () => {
  const { page, end } = await meetRaw();
  for (let number = 0; number < 300; number += 1)
    sendRaw(end, { kind: 'file-ask', id: ID, offset: 0, length: MIB }, number);
  await pass(2_000);

  expect(page.files).toEqual([]);
  expect(page.line).toBeDefined();
});
