import { expect, test } from 'vitest';
import { Arrivals } from '../src/call/transport/arrivals';

/** Media that was played up to second 10. */
function heard(): Arrivals {
  const arrivals = new Arrivals();
  arrivals.look(1, 10_000);
  return arrivals;
}

/** Look and count once more, as the ladder does. */
function look(arrivals: Arrivals, playedAt: number | null, packets: number, nowMs: number): number | null {
  if (arrivals.look(playedAt, nowMs)) arrivals.count(packets, nowMs);
  return arrivals.silentSinceMs;
}

test('media that never came is missing eight seconds after the two are connected', () => {
  const arrivals = new Arrivals();
  arrivals.pause(60_000);

  expect(look(arrivals, null, 0, 67_900)).toBeNull();
  expect(look(arrivals, null, 0, 68_000)).toBeNull(); // the first count
  expect(look(arrivals, null, 0, 68_250)).toBe(60_000);
  expect(arrivals.heardMs).toBeNull();
});

test('media that a browser says nothing of is found by its packets', () => {
  const arrivals = new Arrivals();
  arrivals.pause(60_000);
  look(arrivals, null, 400, 68_000);

  expect(look(arrivals, null, 412, 68_250)).toBeNull();
  expect(arrivals.heardMs).toBe(68_250);
});

test('media that is played is there', () => {
  const arrivals = heard();

  expect(look(arrivals, 2, 100, 11_500)).toBeNull();
  expect(arrivals.heardMs).toBe(11_500);
});

test('a second without anything played is a silence once two counts say the same', () => {
  const arrivals = heard();

  expect(look(arrivals, 1, 100, 11_000)).toBeNull();
  expect(look(arrivals, 1, 100, 11_100)).toBeNull(); // too soon after the first count
  expect(look(arrivals, 1, 100, 11_250)).toBe(10_000);
});

test('packets that nobody plays are no silence: the system may have paused the sound', () => {
  const arrivals = heard();

  for (let nowMs = 11_000, packets = 100; nowMs < 60_000; nowMs += 250, packets += 12) {
    expect(look(arrivals, 1, packets, nowMs)).toBeNull();
  }
});

test('the first media after a silence ends it', () => {
  const arrivals = heard();
  look(arrivals, 1, 100, 11_000);
  look(arrivals, 1, 100, 11_500);

  expect(look(arrivals, 2, 101, 11_600)).toBeNull();
});

test('a time that goes back is no news: browsers forget a source after 10 s', () => {
  const arrivals = heard();
  look(arrivals, 1, 100, 19_000);
  look(arrivals, 0.5, 100, 20_000);

  expect(arrivals.heardMs).toBe(10_000);
});

test('what was not awaited is not missed: after a pause the second begins anew', () => {
  const arrivals = heard();
  arrivals.pause(60_000);

  expect(look(arrivals, 1, 100, 60_500)).toBeNull();
  expect(look(arrivals, 1, 100, 61_000)).toBeNull();
  expect(look(arrivals, 1, 100, 61_250)).toBe(60_000);
  expect(arrivals.heardMs).toBe(10_000);
});

test('a new connection is awaited, and counts from the start', () => {
  const arrivals = heard();
  look(arrivals, 1, 100, 11_000);
  arrivals.reconnect(12_000);

  expect(look(arrivals, 0.1, 3, 12_100)).toBeNull();
  expect(arrivals.heardMs).toBe(12_100);
});
