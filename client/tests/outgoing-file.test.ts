// One file that is given: what was asked for, in its order, with the digest of each block and of the whole.

import { expect, test, vi } from 'vitest';
import { BLOCK_BYTES, FILE_PIECE_BYTES, type FileMessage, WHOLE } from '../src/classroom/file-messages';
import { OutgoingFile } from '../src/classroom/outgoing-file';
import { digest, makeBytes } from './file-pages';

const ID = '0123456789abcdef';
const SIZE = BLOCK_BYTES + 50_000;
const CONTENT = makeBytes(SIZE);

function make(read = async (start: number, end: number) => CONTENT.slice(start, end)) {
  const callbacks = { onReady: vi.fn(), onUnreadable: vi.fn() };
  const reads = vi.fn(read);
  const file = new OutgoingFile(ID, { size: SIZE, read: reads }, digest, callbacks);
  return { file, callbacks, reads };
}

/** Take all that there is, and that comes when what is being read is there. */
async function takeAll(file: OutgoingFile): Promise<FileMessage[]> {
  const taken: FileMessage[] = [];
  for (let idle = 0; idle < 5; ) {
    const message = file.take();
    if (message) taken.push(message);
    else {
      idle += 1;
      await new Promise((next) => setTimeout(next, 0));
    }
  }
  return taken;
}

const isPiece = (message: FileMessage) => message.kind === 'file-piece';

test('the whole file comes in order, each block is followed by its digest, and the last by that of the whole', async () => {
  const { file, reads } = make();
  file.ask(0, BLOCK_BYTES);
  const first = await takeAll(file);
  file.ask(BLOCK_BYTES, 50_000);
  const rest = await takeAll(file);

  const pieces = [...first, ...rest].flatMap((each) =>
    each.kind === 'file-piece' ? [Buffer.from(each.bytes)] : [],
  );
  expect(Buffer.concat(pieces).equals(Buffer.from(CONTENT))).toBe(true);
  expect(first[first.length - 1]).toMatchObject({
    kind: 'file-digest',
    block: 0,
    digest: await digest(CONTENT.slice(0, BLOCK_BYTES)),
  });
  expect(rest.slice(-2)).toMatchObject([
    { kind: 'file-digest', block: 1 },
    { kind: 'file-digest', block: WHOLE },
  ]);
  expect(reads).toHaveBeenCalledTimes(2);
});

test('nothing is read before it is asked for, and a question for another place ends the one before', async () => {
  const { file, reads } = make();

  expect(await takeAll(file)).toEqual([]);
  expect(reads).not.toHaveBeenCalled();

  file.ask(0, 500_000);
  file.ask(100_000, 10);

  expect(await takeAll(file)).toMatchObject([{ kind: 'file-piece', offset: 100_000, bytes: { length: 10 } }]);
});

test('a question that goes on from the one before makes it longer', async () => {
  const { file } = make();
  file.ask(0, FILE_PIECE_BYTES);
  file.ask(FILE_PIECE_BYTES, FILE_PIECE_BYTES);

  expect((await takeAll(file)).filter(isPiece)).toHaveLength(2);
});

test('after a new connection nothing comes until it is asked for', async () => {
  const { file } = make();
  file.ask(0, 500_000);
  file.clear();

  expect(await takeAll(file)).toEqual([]);
});

test('a question beyond the end gives nothing, and one at the end the digest of the whole', async () => {
  const { file } = make();
  file.ask(SIZE + 1, 10);

  expect(await takeAll(file)).toEqual([]);

  file.ask(SIZE, 0);
  file.ask(SIZE, 0);

  const [whole, ...more] = await takeAll(file);
  const digests = [await digest(CONTENT.slice(0, BLOCK_BYTES)), await digest(CONTENT.slice(BLOCK_BYTES))];
  expect(whole).toMatchObject({
    block: WHOLE,
    digest: await digest(Uint8Array.from(digests.flatMap((each) => [...each]))),
  });
  expect(more).toEqual([]);
});

test.each([
  ['cannot be read', async () => Promise.reject(new Error('NotReadableError'))],
  ['has become shorter', async () => new Uint8Array(3)],
])('a file that %s is told', async (_what, read) => {
  const { file, callbacks } = make(read);
  file.ask(0, 100);

  expect(await takeAll(file)).toEqual([]);
  expect(callbacks.onUnreadable).toHaveBeenCalledOnce();
});
