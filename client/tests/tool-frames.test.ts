// The bytes of the tools' channel: the golden frames, and every kind of rubbish.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FRAME_BYTES_MAX,
  FrameReader,
  fits,
  type ToolMessage,
  writeFrames,
} from '../src/classroom/tool-frames';

const FOLDER = resolve(import.meta.dirname, '../../wire/tools');

interface Golden {
  readonly message: {
    readonly kind: ToolMessage['kind'];
    readonly wantsAnswer?: boolean;
    readonly isOn?: boolean;
    readonly bytes?: string;
  };
  readonly number: number;
  readonly frames: readonly string[];
}

const GOLDENS = readdirSync(FOLDER).map(
  (name) => [name, JSON.parse(readFileSync(resolve(FOLDER, name), 'utf8')) as Golden] as const,
);

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function messageOf({ message }: Golden): ToolMessage {
  const { bytes } = message;
  return { ...message, ...(bytes !== undefined && { bytes: fromHex(bytes) }) } as ToolMessage;
}

const bytes = (most: number) => fc.uint8Array({ maxLength: most });
const anyMessage: fc.Arbitrary<ToolMessage> = fc.oneof(
  fc.record({ kind: fc.constant('hello' as const), wantsAnswer: fc.boolean(), bytes: bytes(2_000) }),
  fc.record({ kind: fc.constantFrom('difference' as const, 'update' as const), bytes: bytes(50_000) }),
  fc.constant({ kind: 'pulse' as const }),
  fc.record({ kind: fc.constant('caret' as const), bytes: bytes(512) }),
  fc.record({ kind: fc.constant('pointer' as const), bytes: bytes(1_280) }),
  fc.record({ kind: fc.constant('look-here' as const), bytes: bytes(64) }),
  fc.record({ kind: fc.constant('look-tab' as const), bytes: bytes(576) }),
  fc.record({ kind: fc.constant('caption' as const), bytes: bytes(40_000) }),
  fc.record({ kind: fc.constant('captioning' as const), bytes: bytes(64) }),
  fc.record({ kind: fc.constantFrom('recording' as const, 'recording-answer' as const), bytes: bytes(64) }),
  fc.record({ kind: fc.constant('listening' as const), isOn: fc.boolean() }),
);

/** A frame of zeros with this header. */
function frameOf(header: { kind: number; number?: number; length: number; offset?: number }, piece: number) {
  const frame = new Uint8Array(12 + piece);
  const view = new DataView(frame.buffer);
  view.setUint8(0, 1);
  view.setUint8(1, header.kind);
  view.setUint16(2, header.number ?? 0);
  view.setUint32(4, header.length);
  view.setUint32(8, header.offset ?? 0);
  return frame;
}

describe('golden frames', () => {
  test.each(GOLDENS)('%s is written to the byte', (_name, golden) => {
    expect([...writeFrames(messageOf(golden), golden.number)].map(toHex)).toEqual(golden.frames);
  });

  test.each(GOLDENS)('%s is read as it was written', (_name, golden) => {
    const reader = new FrameReader();

    expect(golden.frames.map((frame) => reader.receive(fromHex(frame))).pop()).toEqual(messageOf(golden));
  });

  test('there is one of each kind', () => {
    const kinds = new Set(GOLDENS.map(([, { message }]) => message.kind));

    expect([...kinds].sort()).toEqual([
      'caption',
      'captioning',
      'caret',
      'difference',
      'hello',
      'listening',
      'look-here',
      'look-tab',
      'pointer',
      'pulse',
      'recording',
      'recording-answer',
      'update',
    ]);
  });
});

test('what is written is read, in pieces that every browser takes, also between the pieces of others', () => {
  fc.assert(
    fc.property(
      fc.array(anyMessage, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat(3)),
      (sent, turns) => {
        const reader = new FrameReader();
        const queues = sent.map((message, number) => [...writeFrames(message, number)]);
        const got: unknown[] = [];

        while (queues.some((queue) => queue.length > 0)) {
          const frame = queues[turns.next().value % queues.length]?.shift();
          if (!frame) continue;
          expect(frame.byteLength).toBeLessThanOrEqual(FRAME_BYTES_MAX);
          const received = reader.receive(frame);
          if (received.kind !== 'piece') got.push(received);
        }

        expect(got).toHaveLength(sent.length);
        for (const message of sent) expect(got).toContainEqual(message);
      },
    ),
    { numRuns: 60 },
  );
});

test('rubbish is unreadable or of a later version, and what follows is read', () => {
  fc.assert(
    fc.property(fc.array(bytes(40), { maxLength: 30 }), (rubbish) => {
      const reader = new FrameReader();
      for (const frame of rubbish) reader.receive(frame);

      const [frame = new Uint8Array()] = writeFrames({ kind: 'update', bytes: Uint8Array.of(7) }, 999);

      expect(reader.receive(frame)).toEqual({ kind: 'update', bytes: Uint8Array.of(7) });
    }),
  );
});

describe('bounds', () => {
  const reader = () => new FrameReader();

  test('a length of 2 GB is refused with its first frame', () => {
    expect(reader().receive(frameOf({ kind: 2, length: 2 ** 31 }, 16_372))).toEqual({ kind: 'unreadable' });
  });

  test('a frame that is shorter than its header, or longer than a frame, is refused', () => {
    expect(reader().receive(new Uint8Array(11))).toEqual({ kind: 'unreadable' });
    expect(reader().receive(new Uint8Array(FRAME_BYTES_MAX + 1))).toEqual({ kind: 'unreadable' });
  });

  test('a piece that ends behind its message, or leaves a hole, is refused', () => {
    const one = reader();

    expect(one.receive(frameOf({ kind: 3, length: 5 }, 6))).toEqual({ kind: 'unreadable' });
    expect(one.receive(frameOf({ kind: 3, length: 40_000 }, 16_372))).toEqual({ kind: 'piece' });
    expect(one.receive(frameOf({ kind: 3, length: 40_000, offset: 20_000 }, 16_372))).toEqual({
      kind: 'unreadable',
    });
  });

  test('pieces of one byte are refused: a message of 8 MB has 550 frames, not eight million', () => {
    expect(reader().receive(frameOf({ kind: 3, length: 40_000 }, 1))).toEqual({ kind: 'unreadable' });
  });

  test('a fifth message that is begun is refused, and the four go on', () => {
    const one = reader();
    const begin = (number: number) => one.receive(frameOf({ kind: 3, number, length: 16_373 }, 16_372));

    expect([0, 1, 2, 3, 4].map(begin).map(({ kind }) => kind)).toEqual([
      ...['piece', 'piece', 'piece', 'piece'],
      'unreadable',
    ]);
    expect(one.receive(frameOf({ kind: 3, number: 0, length: 16_373, offset: 16_372 }, 1)).kind).toBe(
      'update',
    );
  });

  test('a hello without its flags is refused', () => {
    expect(reader().receive(frameOf({ kind: 1, length: 0 }, 0))).toEqual({ kind: 'unreadable' });
  });

  test('another version, and a kind that nobody knows yet, are left alone', () => {
    const later = frameOf({ kind: 1, length: 1 }, 1);
    later[0] = 2;

    expect(reader().receive(later)).toEqual({ kind: 'unknown' });
    expect(reader().receive(frameOf({ kind: 200, length: 1 }, 1))).toEqual({ kind: 'unknown' });
  });

  test('a message that is too long for its kind does not fit', () => {
    expect(fits({ kind: 'update', bytes: new Uint8Array(1_048_576) })).toBe(true);
    expect(fits({ kind: 'update', bytes: new Uint8Array(1_048_577) })).toBe(false);
    expect(fits({ kind: 'hello', wantsAnswer: true, bytes: new Uint8Array(65_536) })).toBe(false);
  });
});
