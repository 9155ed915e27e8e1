// The bytes of the files' messages: the golden ones, and every kind of rubbish.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FILE_BYTES_MAX } from '../src/classroom/file-limits';
import {
  ASKED_BYTES_MAX,
  blocksOf,
  FILE_PIECE_BYTES,
  type FileMessage,
  makeId,
  readFileMessage,
  STOPS,
  writeFileMessage,
} from '../src/classroom/file-messages';
import { PIECE_BYTES_MAX, writeFrames } from '../src/classroom/tool-frames';

const FOLDER = resolve(import.meta.dirname, '../../wire/files');
const GOLDENS = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(resolve(FOLDER, name), 'utf8'))] as const,
);

/** JSON has no bytes: they are hexadecimal digits there. */
function fromJson(message: Record<string, unknown>): FileMessage {
  const bytes = (key: string) =>
    key in message ? { [key]: Uint8Array.from(Buffer.from(message[key] as string, 'hex')) } : {};
  return { ...message, ...bytes('bytes'), ...bytes('digest') } as unknown as FileMessage;
}

test.each(GOLDENS)('%s is written and read', (_name, { message, body }) => {
  const written = writeFileMessage(fromJson(message));

  expect(Buffer.from(written).toString('hex')).toBe(body);
  expect(readFileMessage(message.kind, written)).toEqual(fromJson(message));
});

test('every kind has a golden message', () => {
  expect(new Set(GOLDENS.map(([, { message }]) => message.kind))).toEqual(
    new Set(['file-offer', 'file-ask', 'file-piece', 'file-digest', 'file-stop', 'file-done']),
  );
});

const id = fc.constant(null).map(makeId);
const anyMessage: fc.Arbitrary<FileMessage> = fc.oneof(
  fc
    .record({
      id,
      size: fc.nat(FILE_BYTES_MAX),
      name: fc.string({ maxLength: 200 }),
      type: fc.string({ maxLength: 90 }),
    })
    .map((offer) => ({ kind: 'file-offer' as const, offer })),
  fc.record({
    kind: fc.constant('file-ask' as const),
    id,
    offset: fc.nat(),
    length: fc.nat(ASKED_BYTES_MAX),
  }),
  fc.record({
    kind: fc.constant('file-piece' as const),
    id,
    offset: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 99 }),
  }),
  fc.record({
    kind: fc.constant('file-digest' as const),
    id,
    block: fc.nat(),
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  }),
  fc.record({ kind: fc.constant('file-stop' as const), id, why: fc.constantFrom(...STOPS) }),
  fc.record({ kind: fc.constant('file-done' as const), id }),
);

test('every message is read as it was written, in one frame', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const bytes = writeFileMessage(message);

      expect(readFileMessage(message.kind, bytes)).toEqual(message);
      expect([...writeFrames({ kind: message.kind, bytes }, 0)]).toHaveLength(1);
    }),
  );
});

test('rubbish of any kind and length is no message, or one within its bounds', () => {
  const kind = fc.constantFrom(
    ...(['file-offer', 'file-ask', 'file-piece', 'file-digest', 'file-stop', 'file-done'] as const),
  );
  fc.assert(
    fc.property(kind, fc.uint8Array({ maxLength: 1_200 }), (each, bytes) => {
      const message = readFileMessage(each, bytes);

      if (message?.kind === 'file-offer') expect(message.offer.size).toBeLessThanOrEqual(FILE_BYTES_MAX);
      if (message?.kind === 'file-ask') expect(message.length).toBeLessThanOrEqual(ASKED_BYTES_MAX);
    }),
  );
});

test('a file of 2 GB is no offer', () => {
  const body = writeFileMessage({
    kind: 'file-offer',
    offer: { id: makeId(), size: 2 ** 31, name: 'x', type: '' },
  });

  expect(readFileMessage('file-offer', body)).toBeNull();
});

test('a name that is too long is cut between two characters', () => {
  const offer = { id: makeId(), size: 1, name: 'é'.repeat(2_000), type: '' };
  const read = readFileMessage('file-offer', writeFileMessage({ kind: 'file-offer', offer }));

  expect(read).toEqual({ kind: 'file-offer', offer: { ...offer, name: 'é'.repeat(512) } });
});

test('the longest piece just fills a frame, and a file has as many blocks as it needs', () => {
  const bytes = new Uint8Array(FILE_PIECE_BYTES);

  expect(writeFileMessage({ kind: 'file-piece', id: makeId(), offset: 0, bytes })).toHaveLength(
    PIECE_BYTES_MAX,
  );
  expect([0, 1, 1_048_576, 1_048_577].map(blocksOf)).toEqual([0, 1, 1, 2]);
});
