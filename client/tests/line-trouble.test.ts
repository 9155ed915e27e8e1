// A bad line in the call, as the person hears of it: who is meant, once, and no longer than it lasts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reduceCall } from '../src/call/reducer';
import type { Action, CallState } from '../src/call/state';
import { readSample, type Sample } from '../src/call/transport/quality';
import { startLineTrouble } from '../src/room/side-effects/line-trouble';
import { lineNotice, lineWords } from '../src/room/store/notice-state';
import { connectStore, type RoomParts } from '../src/room/store/room-store';
import { live } from './story';

const EMPTY = readSample([]);
const sent: unknown[] = [];
const media: { sample: Sample | null } = { sample: null };
const page = { hidden: false, documentElement: { dataset: {} } };
let state: CallState = live().state;
let show: (state: CallState) => void = () => undefined;

function dispatch(action: Action): void {
  const [next, effects] = reduceCall(state, action, Date.now());
  state = next;
  for (const effect of effects) if (effect.kind === 'send') sent.push(effect.frame);
  show(state);
}

const call = {
  state,
  media,
  dispatch,
  subscribe: ({ onState }: { onState?: (state: CallState) => void }) => {
    if (onState) show = onState;
  },
};

/** Let the seconds go by in which the other side loses this part of what is sent. */
function lose(remoteLoss: number, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    const received = (media.sample?.received ?? 0) + 50;
    media.sample = { ...EMPTY, received, remoteLoss };
    vi.advanceTimersByTime(1_000);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { onLine: true, languages: ['en'] });
});

afterEach(() => vi.useRealTimers());

// One story: the side effect begins once, for the life of the page.
test('a person is told that it is their own line, once, until it is good again', () => {
  connectStore({
    call,
    devices: { choices: { get: () => ({ hidesAddress: false }) } },
    link: { role: 'student' },
    pageProblem: null,
    parent: { tell: () => undefined },
  } as unknown as RoomParts);
  startLineTrouble();
  lose(0, 5);
  expect([lineWords.value, lineNotice.value, sent]).toEqual([null, null, []]);

  lose(0.3, 5);
  expect(lineWords.value).toBe('Your connection is weak');
  expect(lineNotice.value).toContain('Move closer to the Wi-Fi');
  expect(sent).toEqual([expect.objectContaining({ type: 'user-status', network: 'weak' })]);

  lose(0.3, 30);
  expect([lineWords.value, lineNotice.value]).toEqual(['Your connection is weak', null]);

  page.hidden = true;
  lose(0, 30);
  expect(lineWords.value, 'a hidden page decides nothing').not.toBeNull();
  page.hidden = false;

  lose(0, 8);
  expect(lineWords.value).toBeNull();
  expect(sent).toHaveLength(2);

  dispatch({
    type: 'frame',
    frame: {
      ...{ type: 'user-status', role: 'tutor', audio: true, video: true },
      ...{ hand: false, screen: false, videoPaused: false, network: 'weak' },
    },
  });
  lose(0, 5);
  expect(lineWords.value).toBe('The tutor’s connection is weak');
  expect(sent).toHaveLength(2);

  dispatch({
    type: 'frame',
    frame: { type: 'peer-left', role: 'tutor', reason: 'connection-closed', timestamp: 1 },
  });
  expect([lineWords.value, lineNotice.value]).toEqual([null, null]);
});
