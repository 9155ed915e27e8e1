// Where a WebM file's clusters begin: the same however its bytes come, and rubbish is no index.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WebmIndex } from '../src/classroom/webm-index';
import { CLUSTERS, element, FILE, HEAD, join } from './webm-parts';

const [first, second, third] = CLUSTERS.map(({ length }) => length) as [number, number, number];

function read(pieces: readonly Uint8Array[]): WebmIndex {
  const index = new WebmIndex();
  for (const piece of pieces) index.feed(piece);
  return index;
}

test('the clusters whose picture begins anew are found, in pieces of any length', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(FILE.length), { maxLength: 8 }), (cuts) => {
      const edges = [0, ...cuts.sort((one, other) => one - other), FILE.length];
      const index = read(edges.slice(1).map((edge, place) => FILE.subarray(edges[place], edge)));

      expect(index.isDone).toBe(false);
      expect(index.headBytes).toBe(HEAD.length);
      expect(index.lastTime).toBe(10_960);
      expect(index.track).toBe(2);
      expect(index.points).toEqual([
        { time: 0, offset: HEAD.length },
        { time: 5_000, offset: HEAD.length + first },
        { time: 10_000, offset: HEAD.length + first + second + third },
      ]);
    }),
  );
});

test('a file that ends in the middle has what came before', () => {
  const index = read([FILE.subarray(0, FILE.length - 3)]);

  expect(index.lastTime).toBe(10_960);
  expect(index.points).toHaveLength(3);
});

test('a file with an index of its own needs none', () => {
  expect(read([FILE, element([0x1c, 0x53, 0xbb, 0x6b], new Uint8Array(4))]).isDone).toBe(true);
});

test('rubbish is no index, and no more of it is kept than a head', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rubbish) => {
      const index = read([rubbish]);

      expect(index.points).toEqual([]);
    }),
  );
  const huge = join(
    HEAD.subarray(0, HEAD.length - 1),
    Uint8Array.of(0x16, 0x54, 0xae, 0x6b, 0x08, 0xff, 0xff, 0xff, 0xff),
  );
  expect(read([huge]).headBytes).toBeNull();
});
