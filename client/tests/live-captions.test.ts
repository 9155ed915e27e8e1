// What the captions of a lesson work with: the call's microphone while it is on and somebody hears, and the lesson's language.

import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import { CaptionTalk } from '../src/classroom/caption-talk';
import { until } from './until';

const fake = vi.hoisted(() => ({
  recogniser: { start: vi.fn(), stop: vi.fn() },
  onTrack: (_kind: string): unknown => undefined,
  open: vi.fn(),
}));
const state = signal({
  session: { language: 'ja' },
  me: { audio: true },
  peer: {} as object | null,
  outcome: null as object | null,
});
const classroom = signal<{ captions: CaptionTalk } | null>(null);
vi.mock('../src/room/classroom/recogniser', () => ({
  findWay: async () => ({ way: 'device', tag: 'ja-JP' }),
  install: vi.fn(),
  Recogniser: class {
    start = fake.recogniser.start;
    stop = fake.recogniser.stop;
  },
}));
vi.mock('../src/room/classroom/tools-state', () => ({
  tools: {
    open: fake.open,
    get classroom() {
      return classroom;
    },
  },
}));
vi.mock('../src/room/store/room-store', () => ({
  get state() {
    return state;
  },
  link: { language: 'es' },
  devices: {
    tracks: { audio: null },
    subscribe: (listener: { onTrack: (kind: string) => unknown }) => {
      fake.onTrack = listener.onTrack;
    },
  },
}));

const live = await import('../src/room/classroom/live-captions');
const { isReading } = await import('../src/room/store/caption-reading');

beforeEach(() => vi.clearAllMocks());

test('one’s own words are written while the microphone is on and somebody is there', async () => {
  live.startLiveCaptions();
  const { captions } = live;
  expect(captions.view.value.language).toBe('ja');

  captions.wish();
  await until(() => expect(captions.view.value.state).toBe('on'));
  expect(fake.recogniser.start).toHaveBeenCalledOnce();

  fake.onTrack('video');
  expect(fake.recogniser.stop).not.toHaveBeenCalled();
  fake.onTrack('audio');
  expect(fake.recogniser.start).toHaveBeenCalledTimes(2);

  for (const change of [{ me: { audio: false } }, { peer: null }, { outcome: {} }]) {
    const before = state.value;
    fake.recogniser.stop.mockClear();
    state.value = { ...before, ...change };
    expect(fake.recogniser.stop).toHaveBeenCalledOnce();
    state.value = before;
  }

  const talk = new CaptionTalk(() => undefined);
  const told = vi.spyOn(talk, 'setOwn');
  classroom.value = { captions: talk };
  expect(told).toHaveBeenLastCalledWith({ isWanted: false, writing: 'on' });
  isReading.value = true;
  expect(told).toHaveBeenLastCalledWith({ isWanted: true, writing: 'on' });
  expect(fake.open).toHaveBeenCalled();
});
