// When the part that keeps the voice is loaded: once the call has stood for a while, once, and only where there is a button for it.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from './until';

const stage = signal('joining');
const fake = vi.hoisted(() => ({ hasAgain: true, keepVoice: vi.fn() }));
vi.mock('../src/room/store/room-store', () => ({
  get stage() {
    return stage;
  },
}));
vi.mock('../src/room/store/again-state', () => ({
  hasAgain: () => fake.hasAgain,
  isAgainOpen: { value: false },
  playAgain: { value: null },
}));
vi.mock('../src/room/classroom/AgainBar', () => ({ AgainBar: () => null, keepVoice: fake.keepVoice }));

const { startSayAgain } = await import('../src/room/classroom/LazyAgain');

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('self', {});
  fake.hasAgain = true;
  stage.value = 'joining';
  fake.keepVoice.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it comes after the first picture, and once', async () => {
  startSayAgain();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(fake.keepVoice).not.toHaveBeenCalled();

  stage.value = 'live';
  await vi.advanceTimersByTimeAsync(3_900);

  expect(fake.keepVoice).not.toHaveBeenCalled();

  stage.value = 'reconnecting';
  stage.value = 'live';
  await vi.advanceTimersByTimeAsync(60_000);
  await until(() => expect(fake.keepVoice).toHaveBeenCalledOnce());
});

test('where the platform hides it nothing is loaded', async () => {
  fake.hasAgain = false;
  startSayAgain();
  stage.value = 'live';
  await vi.advanceTimersByTimeAsync(60_000);

  expect(fake.keepVoice).not.toHaveBeenCalled();
});
