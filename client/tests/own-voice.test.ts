// When the own sound is cleaned: as it was chosen, never in music mode, and not any more after a failure.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeviceChoices } from '../src/call/media/device-choices';
import { Devices } from '../src/call/media/devices';
import { Computer, settle } from './fake-computer';
import { stubStorage } from './watched-devices';

type Port = {
  onChange: (isCleaning: boolean) => void;
  onTrouble: (trouble: 'rate' | 'failed') => void;
};
const fake = vi.hoisted(() => ({ open: vi.fn() }));
vi.mock('../src/retouch/voice-cleaner', () => ({ VoiceCleaner: { open: fake.open } }));

const { canCleanVoice, OwnVoice } = await import('../src/retouch/own-voice');

let rateHz = 48_000;
const closed = vi.fn(async () => undefined);
const cleaner = { take: vi.fn((_track: unknown): unknown => null), close: vi.fn() };
const cleaned = { enabled: true };
const voice = { getSettings: () => ({}), applyConstraints: async () => undefined };
const retouch = vi.fn();
const tell = vi.fn();
let choices: DeviceChoices;

const start = () =>
  new OwnVoice({
    devices: { retouch, tracks: { audio: null, video: null } },
    choices,
    keepRunning: () => () => undefined,
    tell,
  });
const port = () => fake.open.mock.lastCall?.[1] as Port;
/** What is made of the microphone's track now; null: it is sent itself. */
const made = () => retouch.mock.lastCall?.[1]?.(voice) ?? null;

beforeEach(() => {
  vi.clearAllMocks();
  stubStorage();
  choices = new DeviceChoices();
  rateHz = 48_000;
  fake.open.mockResolvedValue(cleaner);
  cleaner.take.mockImplementation((track) => track && cleaned);
  vi.stubGlobal('AudioWorkletNode', class {});
  vi.stubGlobal(
    'AudioContext',
    class {
      sampleRate = rateHz;
      close = closed;
      constructor({ sampleRate }: { sampleRate: number }) {
        expect(sampleRate).toBe(48_000);
      }
    },
  );
});

afterEach(() => vi.unstubAllGlobals());

test('nothing is opened before it is chosen', async () => {
  start();
  await settle();

  expect(fake.open).not.toHaveBeenCalled();
  expect(retouch).not.toHaveBeenCalled();
});

test('what was chosen in an earlier lesson begins by itself', async () => {
  choices.set({ removesNoise: true });
  start();
  await settle();

  expect(made()).toBe(cleaned);
});

test('music takes it out at once, and its end brings it back', async () => {
  start();
  choices.set({ removesNoise: true });
  await settle();
  choices.set({ isMusic: true });

  expect(made()).toBeNull();
  expect(cleaner.close).toHaveBeenCalledOnce();

  choices.set({ isMusic: false });
  await settle();

  expect(made()).toBe(cleaned);
  expect(choices.get().removesNoise).toBe(true);
});

test('another change of the settings opens nothing anew', async () => {
  start();
  choices.set({ removesNoise: true });
  await settle();
  choices.set({ hasSounds: false });
  await settle();

  expect(fake.open).toHaveBeenCalledOnce();
});

test('switched off while it still opens, it does not come later', async () => {
  start();
  choices.set({ removesNoise: true });
  choices.set({ removesNoise: false });
  await settle();

  expect(made()).toBeNull();
  expect(cleaner.close).toHaveBeenCalledOnce();
});

test('the browser stops the sound and lets it go on: said, and taken back', async () => {
  start();
  choices.set({ removesNoise: true });
  await settle();
  port().onChange(false);

  expect(tell).toHaveBeenLastCalledWith('paused');

  port().onChange(true);

  expect(tell).toHaveBeenLastCalledWith(null);
  expect(retouch).toHaveBeenCalledTimes(3);
});

test.each(['rate', 'failed'] as const)(
  'after trouble (%s) the own track is sent, it is said, and stays so',
  async (trouble) => {
    start();
    choices.set({ removesNoise: true });
    await settle();
    port().onTrouble(trouble);

    expect(made()).toBeNull();
    expect(tell).toHaveBeenLastCalledWith(trouble);
    expect(choices.get().removesNoise).toBe(false);
    expect(cleaner.close).toHaveBeenCalledOnce();

    // What is still reported of the closed one concerns nobody.
    port().onTrouble(trouble);
    port().onChange(false);

    expect(tell).toHaveBeenLastCalledWith(trouble);

    choices.set({ removesNoise: true });
    await settle();

    expect(made()).toBe(cleaned);
  },
);

test('a worklet that does not load is a failure, and its context is closed', async () => {
  fake.open.mockRejectedValue(new Error('blocked'));
  start();
  choices.set({ removesNoise: true });
  await settle();

  expect(tell).toHaveBeenLastCalledWith('failed');
  expect(closed).toHaveBeenCalledOnce();
});

test('a context of another rate is of no use, and it is said why', async () => {
  rateHz = 44_100;
  start();
  choices.set({ removesNoise: true });
  await settle();

  expect(tell).toHaveBeenLastCalledWith('rate');
  expect(fake.open).not.toHaveBeenCalled();
  expect(closed).toHaveBeenCalledOnce();
});

test('a browser without worklets cannot, and is not asked', async () => {
  vi.stubGlobal('AudioWorkletNode', undefined);
  choices.set({ removesNoise: true });
  start();
  await settle();

  expect(canCleanVoice()).toBe(false);
  expect(fake.open).not.toHaveBeenCalled();
});

test('the browser leaves the noise to what takes it out, with any microphone, and keeps the echo away', async () => {
  new Computer('microphone one', 'microphone two');
  const devices = new Devices(choices, () => undefined);
  devices.open();
  await settle();
  new OwnVoice({ devices, choices, keepRunning: () => () => undefined, tell });
  const settings = () => devices.tracks.audio?.getSettings();
  expect(settings()).toMatchObject({ echoCancellation: true, noiseSuppression: true });

  choices.set({ removesNoise: true });
  await settle();
  expect(settings()).toMatchObject({ echoCancellation: true, noiseSuppression: false });

  await devices.choose('microphone', 'microphone-two');
  await settle();
  expect(settings()).toMatchObject({ deviceId: 'microphone-two', noiseSuppression: false });

  choices.set({ removesNoise: false });
  await settle();
  expect(settings()).toMatchObject({ echoCancellation: true, noiseSuppression: true });
});

test('while the own track is sent all the same, the browser suppresses the noise', async () => {
  cleaner.take.mockImplementation((track) => track);
  new Computer('microphone one');
  const devices = new Devices(choices, () => undefined);
  devices.open();
  await settle();
  new OwnVoice({ devices, choices, keepRunning: () => () => undefined, tell });
  choices.set({ removesNoise: true });
  await settle();

  expect(devices.tracks.audio?.getSettings()).toMatchObject({ noiseSuppression: true });
});
