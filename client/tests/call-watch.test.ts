// What is told of a running call. The ladder's own stories are in call-media.test.ts and recovery.test.ts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallWatch, type WatchedCall } from '../src/call/call-watch';
import { Listeners } from '../src/call/listeners';
import { type Action, beginCall } from '../src/call/state';
import { readSample } from '../src/call/transport/quality';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function make() {
  const dispatched: Action[] = [];
  const call: WatchedCall = {
    state: beginCall({ role: 'tutor', address: '0xT', name: null, audio: true, video: true }),
    listeners: new Listeners(),
    isJoined: true,
    dispatch: (action) => dispatched.push(action),
    doubtSocket: () => undefined,
    log: () => undefined,
  };
  const watch = new CallWatch(call, {
    patienceMs: 15_000,
    peer: () => null,
    awaitsMedia: () => true,
    voiceMeter: () => null,
    take: () => undefined,
    sendLess: () => undefined,
    show: () => undefined,
  });
  return { watch, dispatched };
}

/** What a page has received after so many seconds. */
const after = (seconds: number) =>
  readSample([{ type: 'inbound-rtp', kind: 'audio', packetsReceived: 50 * seconds, packetsLost: 0 }]);

test('the rating is told at once, and sure after three samples of one connection', () => {
  const { watch, dispatched } = make();
  const sure = [1, 2, 3, 4].map((second) => watch.rate(after(second)));
  watch.beginConnection();

  expect(sure).toEqual([null, null, 'excellent', 'excellent']);
  expect(watch.rate(after(1))).toBeNull();
  expect(dispatched[0]).toEqual({ type: 'quality', quality: 'excellent' });
});

test('after the end nothing is looked at any more', () => {
  const { watch } = make();
  watch.start();
  const before = vi.getTimerCount();
  watch.stop();

  expect(before).toBeGreaterThan(0);
  expect(vi.getTimerCount()).toBe(0);
});
