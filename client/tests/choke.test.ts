// When a line counts as choked: half a second after the other, and for counts made up at random.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Choke } from '../src/call/transport/choke';

const LOOK_MS = 500;

function reportOf(packetsSent: unknown, retransmittedPacketsSent: unknown, kind = 'video') {
  return [{ type: 'outbound-rtp', kind, packetsSent, retransmittedPacketsSent }];
}

/** Play looks, each with the packets that were sent since the last one; returns at which of them the line was found choked. */
function play(looks: readonly (readonly [sent: number, repeated: number])[]): number[] {
  const choke = new Choke();
  let [sent, repeated] = [1_000, 0];
  choke.take(reportOf(sent, repeated), 0);
  return looks.flatMap(([more, again], index) => {
    sent += more;
    repeated += again;
    return choke.take(reportOf(sent, repeated), (index + 1) * LOOK_MS) ? [index] : [];
  });
}

test('a line on which most is sent again is found choked at the second look, and again every two seconds', () => {
  const good = Array(20).fill([60, 0]);
  const choked = Array(8).fill([60, 50]);

  expect(play([...good, ...choked])).toEqual([21, 25]);
});

test('a line that loses a third of everything at random is not choked, nor is one that sends next to nothing', () => {
  expect(play(Array(60).fill([90, 32]))).toEqual([]);
  expect(play(Array(60).fill([19, 19]))).toEqual([]);
});

test('a gap on a good line, after which all of it is repeated at once, is no choke', () => {
  expect(play([...Array(9).fill([70, 0]), [220, 150], [100, 30], ...Array(9).fill([70, 0])])).toEqual([]);
});

test('repetitions of an earlier connection, sound, and what a browser does not count say nothing', () => {
  const choke = new Choke();
  choke.take(reportOf(100, 0), 0);
  choke.take(reportOf(200, 90), 250);
  choke.reset();
  const another = [reportOf(300, 90), reportOf(400, 180)].map((report) => choke.take(report, 500));
  const sound = choke.take(reportOf(900, 800, 'audio'), 1_000);
  const unknown = [undefined, null, Number.NaN, '900'].map((count, index) =>
    choke.take(reportOf(count, count), 2_000 + index),
  );

  expect([...another, sound, ...unknown]).toEqual(Array(7).fill(false));
});

test('whatever is counted, less than three repetitions in five are no choke, and it is said at most every two seconds', () => {
  const look = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }));
  fc.assert(
    fc.property(fc.array(look, { maxLength: 40 }), (looks) => {
      const found = play(looks.map(([once, again]) => [once + again, again]));

      for (const [place, index] of found.entries()) {
        for (const [once, again] of looks.slice(index - 1, index + 1))
          expect(again).toBeGreaterThanOrEqual(Math.max(20, 0.6 * (once + again)));
        expect(index).toBeGreaterThan(0);
        expect(index - (found[place - 1] ?? -4)).toBeGreaterThanOrEqual(4);
      }
    }),
  );
});
