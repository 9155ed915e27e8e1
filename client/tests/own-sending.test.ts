// The person's choices and the line's limits, as the connection and the call hear of them.

import { afterEach, expect, test, vi } from 'vitest';
import { type Chosen, NOTHING_CHOSEN } from '../src/call/media/device-choices';
import type { Devices } from '../src/call/media/devices';
import { OwnSending } from '../src/call/own-sending';
import { until } from './until';

afterEach(() => vi.unstubAllGlobals());

const LINE = (availableOutgoingBitrate: number) =>
  new Map([
    ['pair', { type: 'candidate-pair', state: 'succeeded', nominated: true, availableOutgoingBitrate }],
  ]) as unknown as RTCStatsReport;

function make({ isConnected = true, saveData = false } = {}) {
  vi.stubGlobal('navigator', { userAgent: 'browser 1', connection: { saveData } });
  let chosen: Chosen = NOTHING_CHOSEN;
  let listener = () => undefined as unknown;
  const choices = {
    get: () => chosen,
    subscribe: (heard: () => void) => {
      listener = heard;
    },
  };
  const tracks: Record<string, object | null> = { audio: {}, video: {} };
  const done: string[] = [];
  const sending = new OwnSending({ choices, sent: tracks } as unknown as Devices, {
    isConnected: () => isConnected,
    isSharing: () => false,
    dispatch: (action) => action.type === 'picture' && done.push(action.isPaused ? 'paused' : 'sent'),
    follow: () => done.push('follow'),
    negotiate: () => done.push('negotiate'),
    log: () => undefined,
  });
  const choose = (changes: Partial<Chosen>) => {
    chosen = { ...chosen, ...changes };
    listener();
  };
  return { sending, done, choose, tracks };
}

/** Let *seconds* of a line pass. */
async function pass(sending: OwnSending, seconds: number, availableBps: number): Promise<void> {
  const startMs = performance.now();
  // However long the rules take to load, that is no second of the line.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(startMs);
  sending.take(LINE(availableBps));
  await until(() => expect(sending.control.tell).not.toBeNull());
  for (let second = 1; second <= seconds; second += 1) {
    clock.mockReturnValue(startMs + second * 1_000);
    sending.take(LINE(availableBps));
  }
  clock.mockRestore();
}

test('a choice is followed at once, and said in an offer while the two are together', () => {
  const { done, choose } = make();

  choose({ isLowData: true });
  choose({ hasSounds: false });

  expect(done).toEqual(['follow', 'negotiate']);
});

test('before they are together the first description says it', () => {
  const { done, choose } = make({ isConnected: false });

  choose({ isMusic: true });

  expect(done).toEqual(['follow']);
});

test('the browser’s data saver is as good as the person’s choice', () => {
  expect(make().sending.control.plan.isLowData).toBe(false);
  expect(make({ saveData: true }).sending.control.plan.isLowData).toBe(true);
});

test('a line that carries only the sound pauses the picture, and another connection tries again', async () => {
  const { sending, done } = make();

  await pass(sending, 15, 50_000);
  const { limits } = sending.control.plan;
  const told = [...new Set(done)];
  sending.beginConnection();

  expect(limits?.height).toBe(0);
  expect(told).toEqual(['follow', 'sent', 'paused']);
  expect(done[done.length - 1]).toBe('sent');
  expect(sending.control.plan.limits?.height).toBe(120);
});
