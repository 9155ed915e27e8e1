// A small WebM file as MediaRecorder writes one: without length, without index, its clusters of unknown size.

const bytes = (...numbers: number[]) => Uint8Array.from(numbers);

export function join(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

export function element(id: readonly number[], content: Uint8Array): Uint8Array {
  return join(bytes(...id), bytes(0x40 | (content.length >> 8), content.length & 0xff), content);
}

const UNKNOWN = bytes(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

export const HEAD = join(
  element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], new TextEncoder().encode('webm'))),
  bytes(0x18, 0x53, 0x80, 0x67),
  UNKNOWN,
  element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], bytes(0x0f, 0x42, 0x40))),
  element(
    [0x16, 0x54, 0xae, 0x6b],
    join(
      element([0xae], join(element([0xd7], bytes(1)), element([0x83], bytes(2)))),
      element([0xae], join(element([0xd7], bytes(2)), element([0x83], bytes(1)))),
    ),
  ),
);

/** A block of *track* at *time* in its cluster, with some bytes of what is in it. */
function block(track: number, time: number, isKey: boolean): Uint8Array {
  return element([0xa3], bytes(0x80 | track, time >> 8, time & 0xff, isKey ? 0x80 : 0, 1, 2, 3, 4, 5));
}

function cluster(time: number, ...blocks: readonly Uint8Array[]): Uint8Array {
  return join(
    bytes(0x1f, 0x43, 0xb6, 0x75),
    UNKNOWN,
    element([0xe7], bytes(time >> 8, time & 0xff)),
    ...blocks,
  );
}

export const CLUSTERS = [
  cluster(0, block(1, 0, true), block(2, 1, true), block(2, 41, false)),
  cluster(5_000, block(2, 0, true), block(1, 10, true)),
  cluster(5_400, block(1, 0, true), block(2, 3, false)),
  cluster(10_000, block(2, 0, true), block(2, 960, false)),
];

export const FILE = join(HEAD, ...CLUSTERS);
