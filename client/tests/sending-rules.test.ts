// What the line's rules tell the senders and the call, second by second. The ladder itself is in send-ladder.test.ts.

import { afterEach, expect, test, vi } from 'vitest';
import type { Devices } from '../src/call/media/devices';
import { SendingRules } from '../src/call/sending-rules';
import { SendControl } from '../src/call/transport/send-control';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Let 15 s of a line pass that carries nothing but the sound; returns what was told. */
function passOnThinLine(sent: object) {
  vi.stubGlobal('navigator', { userAgent: 'browser 1' });
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const told: string[] = [];
  const control = new SendControl({ isMusic: false, isLowData: false }, null);
  const port = { isSharing: () => false, follow: () => told.push('follow'), log: () => undefined };
  const rules = new SendingRules(control, { sent } as unknown as Devices, port, (isPaused) =>
    told.push(isPaused ? 'paused' : 'sent'),
  );
  const pair = {
    type: 'candidate-pair',
    state: 'succeeded',
    nominated: true,
    availableOutgoingBitrate: 50_000,
  };
  for (; nowMs < 15_000; nowMs += 1_000) rules.take(new Map([['pair', pair]]) as unknown as RTCStatsReport);
  return { control, rules, told };
}

test('a picture that the line does not carry is paused, and tried again on another connection', () => {
  const { control, rules, told } = passOnThinLine({ audio: {}, video: {} });
  const paused = control.plan.limits?.height;
  rules.beginConnection();

  expect([...new Set(told)]).toEqual(['follow', 'sent', 'paused']);
  expect([paused, control.plan.limits?.height]).toEqual([0, 120]);
});

test('a choked line gets no picture for a moment and then the smallest, and nobody is told of a pause', () => {
  vi.useFakeTimers();
  const control = new SendControl({ isMusic: false, isLowData: false }, null);
  const heights: (number | undefined)[] = [];
  const port = {
    isSharing: () => false,
    follow: () => heights.push(control.plan.limits?.height),
    log: () => undefined,
  };
  const told: boolean[] = [];
  const devices = { sent: { audio: {}, video: {} } } as unknown as Devices;
  const rules = new SendingRules(control, devices, port, (isPaused) => told.push(isPaused));

  rules.sendLess();
  rules.take(new Map() as unknown as RTCStatsReport);
  vi.advanceTimersByTime(1_000);

  expect([heights, told]).toEqual([[undefined, 0, 120], [false]]);
  vi.useRealTimers();
});

test('a camera that is off is not paused', () => {
  expect(new Set(passOnThinLine({ audio: {}, video: null }).told)).toEqual(new Set(['sent', 'follow']));
});
