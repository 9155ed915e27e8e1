// The head that a recorded file gets: its length, and places that are really the clusters'.

import { expect, test } from 'vitest';
import { writeHead } from '../src/classroom/webm-head';
import { elementsOf, readElement, readNumber, WebmIndex } from '../src/classroom/webm-index';
import { CLUSTERS, element, FILE, HEAD, join } from './webm-parts';

const INFO = 0x1549a966;
const CUES = 0x1c53bb6b;
const REST = FILE.subarray(HEAD.length);

function indexOf(file: Uint8Array): WebmIndex {
  const index = new WebmIndex();
  index.feed(file);
  return index;
}

/** The content of the first element *id* in *bytes*. */
function find(bytes: Uint8Array, id: number): Uint8Array {
  const found = [...elementsOf(bytes)].find((each) => each.id === id);
  return bytes.subarray(found?.from, (found?.from ?? 0) + (found?.size ?? 0));
}

/** What is inside the segment of *file*. */
function segmentOf(file: Uint8Array): Uint8Array {
  const ebml = readElement(file, 0);
  const segment = readElement(file, (ebml?.from ?? 0) + (ebml?.size ?? 0));
  expect(segment).toMatchObject({ id: 0x18538067, size: null });
  return file.subarray(segment?.from);
}

test('it says how long the file is, and keeps what was said before', () => {
  const info = find(segmentOf(writeHead(HEAD, indexOf(FILE)) ?? HEAD), INFO);
  const duration = find(info, 0x4489);

  expect(new DataView(duration.buffer, duration.byteOffset).getFloat64(0)).toBe(10_960);
  expect(readNumber(find(info, 0x2ad7b1), 0, 3)).toBe(1_000_000);
});

test('each place is that of a cluster in the new file', () => {
  const segment = segmentOf(join(writeHead(HEAD, indexOf(FILE)) ?? HEAD, REST));
  const places = [...elementsOf(find(segment, CUES))].map((cue) => {
    const point = find(segment, CUES).subarray(cue.from, cue.from + (cue.size ?? 0));
    const place = find(point, 0xb7);
    return [
      readNumber(find(point, 0xb3), 0, 8),
      readNumber(find(place, 0xf7), 0, 8),
      readNumber(find(place, 0xf1), 0, 8),
    ];
  });

  expect(places.map(([time, track]) => [time, track])).toEqual([
    [0, 2],
    [5_000, 2],
    [10_000, 2],
  ]);
  for (const [place, [, , at = 0]] of places.entries()) {
    const cluster = CLUSTERS[[0, 1, 3][place] ?? 0] ?? new Uint8Array();
    expect(segment.subarray(at, at + cluster.length)).toEqual(cluster);
  }
});

test('a head that is written again is the same: nothing is in it twice', () => {
  const once = join(writeHead(HEAD, indexOf(FILE)) ?? HEAD, REST);
  expect(indexOf(once).isDone).toBe(true);

  const head = writeHead(HEAD, indexOf(FILE)) ?? HEAD;
  const index = indexOf(FILE);
  index.headBytes = head.length;
  expect([...elementsOf(segmentOf(writeHead(head, index) ?? head))].map(({ id }) => id)).toEqual(
    [...elementsOf(segmentOf(head))].map(({ id }) => id),
  );
});

test('what is no head gets none', () => {
  for (const rubbish of [
    new Uint8Array(),
    Uint8Array.of(1, 2, 3),
    HEAD.subarray(0, 30),
    element([0xec], HEAD),
  ]) {
    expect(writeHead(rubbish, indexOf(FILE))).toBeNull();
  }
});
