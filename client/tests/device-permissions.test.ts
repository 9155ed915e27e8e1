import { afterEach, expect, test, vi } from 'vitest';
import { NOTHING_CHOSEN } from '../src/call/media/device-choices';
import {
  constraintsOf,
  mayOpenUnasked,
  type Permissions,
  withTimeout,
} from '../src/call/media/device-permissions';

const BOTH = { audio: true, video: true };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function permissions(audio: PermissionState | null, video: PermissionState | null): Permissions {
  return { audio: Promise.resolve(audio), video: Promise.resolve(video) };
}

test.each([
  ['granted', 'granted', true],
  ['granted', 'denied', true],
  ['granted', 'prompt', false],
] as const)(
  'with a microphone %s and a camera %s the devices open unasked: %s',
  async (audio, video, may) => {
    expect(await mayOpenUnasked(BOTH, permissions(audio, video))).toBe(may);
  },
);

test('only the wanted devices count', async () => {
  expect(await mayOpenUnasked({ audio: true, video: false }, permissions('granted', 'prompt'))).toBe(true);
});

test.each([
  ['Front camera', true],
  ['', false],
])('a browser that does not say tells by the name %j of a device', async (label, may) => {
  const found = [{ kind: 'videoinput', label }];
  vi.stubGlobal('navigator', { mediaDevices: { enumerateDevices: async () => found } });

  expect(await mayOpenUnasked({ audio: false, video: true }, permissions(null, null))).toBe(may);
});

test('a chosen device is asked for exactly, and music without the browser’s help', () => {
  const chosen = { ...NOTHING_CHOSEN, microphone: 'mic-1', isMusic: true };

  expect(constraintsOf({ audio: true, video: false }, chosen)).toEqual({
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      deviceId: { exact: 'mic-1' },
    },
    video: false,
  });
});

test('a browser that hangs is not waited for', async () => {
  vi.useFakeTimers();
  const answer = withTimeout(new Promise<string>(() => {}), 'otherwise');

  await vi.advanceTimersByTimeAsync(3_000);

  expect(await answer).toBe('otherwise');
});
