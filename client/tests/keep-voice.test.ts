// Whose voice is kept, and until when.

import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import { until } from './until';

const fake = vi.hoisted(() => ({
  tap: { listen: vi.fn(), read: vi.fn(), forget: vi.fn(), close: vi.fn() },
  open: vi.fn(),
  rest: vi.fn(),
  restSpeaker: vi.fn(),
  keepRunning: vi.fn(),
  sound: {} as object | null,
  heard: {} as object,
  subscribed: [] as { onRemoteStream: (stream: unknown) => void }[],
}));
vi.mock('../src/classroom/voice-tap', () => ({ VoiceTap: { open: fake.open } }));
vi.mock('../src/room/devices/sound', () => ({
  getSoundContext: () => fake.sound,
  makeListeningContext: () => fake.heard,
  keepRunning: fake.keepRunning,
  openOutput: vi.fn(),
}));
vi.mock('../src/room/classroom/ducking', () => ({ duck: vi.fn() }));
vi.mock('../src/room/classroom/tools-state', () => ({ tools: { setListening: vi.fn() } }));
const makeState = () => signal<{ peer: object | null; outcome: object | null }>({ peer: {}, outcome: null });
let state = makeState();
vi.mock('../src/room/store/room-store', () => ({
  get state() {
    return state;
  },
  call: { subscribe: (listener: (typeof fake.subscribed)[number]) => fake.subscribed.push(listener) },
  devices: { choices: { get: () => ({ speaker: null }) } },
}));

const { keepVoice } = await import('../src/room/classroom/keep-voice');
const { isAgainOpen, playAgain } = await import('../src/room/store/again-state');

beforeEach(() => {
  vi.clearAllMocks();
  fake.subscribed.length = 0;
  fake.sound = {};
  fake.open.mockResolvedValue(fake.tap);
  fake.keepRunning.mockImplementation((sound) => (sound === fake.heard ? fake.rest : fake.restSpeaker));
  fake.tap.read.mockResolvedValue(null);
  state = makeState();
  playAgain.value = null;
});

test('while the other is there their sound is kept, and one press opens the row', async () => {
  await keepVoice();
  fake.subscribed[0]?.onRemoteStream('stream');

  expect(fake.tap.listen).toHaveBeenLastCalledWith('stream');
  expect(fake.keepRunning.mock.calls).toEqual([[fake.heard]]);

  playAgain.value?.();

  await until(() => expect(isAgainOpen.value).toBe(true));
  expect(fake.keepRunning).toHaveBeenLastCalledWith(fake.sound);
  expect(fake.tap.read).toHaveBeenCalledOnce();
});

test('when the other has left it is forgotten, the row closes and the sound rests, until somebody is there again', async () => {
  await keepVoice();
  playAgain.value?.();
  state.value = { peer: null, outcome: null };

  expect(fake.tap.forget).toHaveBeenCalledOnce();
  expect(fake.rest).toHaveBeenCalledOnce();
  expect([playAgain.value, isAgainOpen.value]).toEqual([null, false]);
  expect(fake.tap.close).not.toHaveBeenCalled();

  state.value = { peer: {}, outcome: null };

  expect(playAgain.value).not.toBeNull();
});

test('what else changes in the lesson forgets nothing', async () => {
  await keepVoice();
  state.value = { peer: { audio: false }, outcome: null };

  expect(fake.tap.forget).not.toHaveBeenCalled();
});

test('after the end nothing is kept', async () => {
  await keepVoice();
  state.value = { peer: {}, outcome: { kind: 'ended' } };

  expect(fake.tap.forget).toHaveBeenCalledOnce();
  expect(fake.tap.close).toHaveBeenCalledOnce();
  expect(playAgain.value).toBeNull();
});

test('where the browser has no sound, or refuses the worklet, the button stays grey', async () => {
  fake.open.mockRejectedValue(new Error('blocked'));
  await keepVoice();
  fake.sound = null;
  await keepVoice();

  expect(playAgain.value).toBeNull();
  expect(fake.subscribed).toEqual([]);
});
