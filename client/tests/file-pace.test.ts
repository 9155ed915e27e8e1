// How much of a file is under way: as much as the line takes, and no queue of it.

import { expect, test } from 'vitest';
import { ASKED_BYTES_MAX } from '../src/classroom/file-messages';
import { FilePace } from '../src/classroom/file-pace';

/** Ask over a line of *bytesPerMs* and *tripMs* for so many *ms*; gives the window's size, and how long its bytes wait. */
function run(pace: FilePace, { bytesPerMs, tripMs, ms }: { bytesPerMs: number; tripMs: number; ms: number }) {
  let [asked, received, sent, nowMs] = [0, 0, 0, 0];
  const arriving: { atMs: number; until: number }[] = [];
  let waitedMs = 0;
  for (; nowMs < ms; nowMs += 1) {
    while (arriving[0] && arriving[0].atMs <= nowMs) received = arriving.shift()?.until ?? received;
    pace.hear(received, nowMs);
    const length = received + pace.windowBytes - asked;
    if (length >= pace.windowBytes >> 1) {
      pace.ask(asked, length, nowMs);
      asked += length;
    }
    const next = Math.min(asked, sent + bytesPerMs);
    if (next > sent) arriving.push({ atMs: nowMs + tripMs, until: next });
    sent = next;
    if (nowMs > ms / 2) waitedMs = Math.max(waitedMs, (asked - sent) / bytesPerMs);
  }
  return { received, waitedMs };
}

test('on a fast line the window grows to its bound', () => {
  const pace = new FilePace();
  run(pace, { bytesPerMs: 20_000, tripMs: 20, ms: 2_000 });

  expect(pace.windowBytes).toBe(ASKED_BYTES_MAX);
});

test.each([
  { bytesPerMs: 1_000, tripMs: 30 },
  { bytesPerMs: 250, tripMs: 60 },
  { bytesPerMs: 4_000, tripMs: 150 },
])('on a line of $bytesPerMs bytes a ms it uses most of it, and its bytes wait a moment at most', (line) => {
  const { received, waitedMs } = run(new FilePace(), { ...line, ms: 20_000 });

  expect(received).toBeGreaterThan(0.7 * 20_000 * line.bytesPerMs);
  expect(waitedMs).toBeLessThan(250);
});

test('a way that has become longer is learned, and the file does not starve', () => {
  const pace = new FilePace();
  for (let place = 0; place < 40; place += 1) {
    const tookMs = place < 10 ? 20 : 400;
    pace.ask(place * 40_000, 40_000, place * 1_000);
    pace.hear((place + 1) * 40_000, place * 1_000 + tookMs);
  }

  expect(pace.windowBytes).toBeGreaterThan(65_536);
});

test('a new channel begins small', () => {
  const pace = new FilePace();
  run(pace, { bytesPerMs: 20_000, tripMs: 20, ms: 2_000 });
  pace.forget();

  expect(pace.windowBytes).toBe(65_536);
});
