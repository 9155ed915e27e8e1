// The driver of the ladder: what it looks at, and what it asks for.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Recoverer, type RecoveryPort } from '../src/call/transport/recoverer';
import type { LinkState } from '../src/call/transport/rtc-config';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A connection whose media flows until it is stopped. */
class Connection {
  state: LinkState = 'connected';
  hasNewAddress = false;
  isFlowing = true;
  isPlayed = true;
  /** Most of what is sent is sent again. */
  isChoked = false;
  private packets = 0;
  private sent = 0;
  private repeated = 0;
  private playedAt: number | null = null;

  readPlayed(): number | null {
    if (this.isFlowing && this.isPlayed) this.playedAt = Date.now();
    return this.playedAt;
  }

  async getStats(): Promise<RTCStatsReport> {
    if (this.isFlowing) this.packets += 10;
    this.sent += 50;
    if (this.isChoked) this.repeated += 40;
    const counts = { packetsSent: this.sent, retransmittedPacketsSent: this.repeated };
    return new Map([
      ['in', { type: 'inbound-rtp', kind: 'audio', packetsReceived: this.packets }],
      ['out', { type: 'outbound-rtp', kind: 'video', ...counts }],
    ]) as unknown as RTCStatsReport;
  }
}

function watch(changes: Partial<RecoveryPort> = {}) {
  const connection = new Connection();
  const done: string[] = [];
  const recoverer = new Recoverer({
    patienceMs: 15_000,
    connection: () => connection,
    hasSocket: () => true,
    awaitsMedia: () => true,
    doubtSocket: (silentMs) => done.push(`doubt the socket that was silent for ${silentMs >= 1_000}`),
    sendLess: () => done.push('send less'),
    wake: () => done.push('wake'),
    take: (step) => done.push(step),
    show: () => undefined,
    log: () => undefined,
    ...changes,
  });
  recoverer.start();
  recoverer.note('met');
  return { connection, done, recoverer };
}

test('media that stops is noticed within 2 s: the socket is doubted, and ICE restarted', async () => {
  const { connection, done, recoverer } = watch();
  await vi.advanceTimersByTimeAsync(3_000);
  const before = [...done];

  connection.isFlowing = false;
  await vi.advanceTimersByTimeAsync(2_000);

  expect(before).toEqual([]);
  expect(done).toEqual(['doubt the socket that was silent for true', 'restart']);
  recoverer.stop();
});

test('two who are connected, and nothing ever comes: the path is made anew', async () => {
  const { connection, done, recoverer } = watch();
  connection.isFlowing = false;

  await vi.advanceTimersByTimeAsync(16_000);

  expect(done.slice(1)).toEqual(['restart', 'begin-over']);
  recoverer.stop();
});

test('sound that the system has paused is no silence', async () => {
  const { connection, done, recoverer } = watch();
  await vi.advanceTimersByTimeAsync(3_000);

  connection.isPlayed = false;
  await vi.advanceTimersByTimeAsync(60_000);

  expect(done).toEqual([]);
  recoverer.stop();
});

test('a line that has become far too thin is noticed within a second', async () => {
  const { connection, done, recoverer } = watch();
  await vi.advanceTimersByTimeAsync(60_000);
  const before = [...done];

  connection.isChoked = true;
  await vi.advanceTimersByTimeAsync(1_000);

  expect([before, done]).toEqual([[], ['send less']]);
  recoverer.stop();
});

test('a side that sends nothing, or a page that is hidden, misses nothing', async () => {
  let awaitsMedia = true;
  const { connection, done, recoverer } = watch({ awaitsMedia: () => awaitsMedia });
  await vi.advanceTimersByTimeAsync(3_000);

  awaitsMedia = false;
  connection.isFlowing = false;
  await vi.advanceTimersByTimeAsync(60_000);

  expect(done).toEqual([]);
  recoverer.stop();
});

test('a machine that has slept looks at its socket, and takes no step at once', async () => {
  const { done, recoverer } = watch();
  await vi.advanceTimersByTimeAsync(3_000);

  vi.setSystemTime(Date.now() + 600_000);
  await vi.advanceTimersByTimeAsync(250);

  expect(done).toEqual(['wake']);
  recoverer.stop();
});

test('a call that is over is watched no longer', async () => {
  const { connection, done, recoverer } = watch();
  recoverer.stop();

  connection.state = 'failed';
  await vi.advanceTimersByTimeAsync(60_000);

  expect(done).toEqual([]);
});
