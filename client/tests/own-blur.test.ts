// Who blurs the own background, and what becomes of a camera whose blur fails.

import { beforeEach, expect, test, vi } from 'vitest';
import { DeviceChoices } from '../src/call/media/device-choices';
import type { Retouch } from '../src/call/media/devices';
import { settle } from './fake-computer';
import { stubStorage } from './watched-devices';

const fake = vi.hoisted(() => ({
  canBlur: true,
  made: [] as { trouble: (trouble: 'slow' | 'failed') => void; close: () => void }[],
}));
vi.mock('../src/retouch/blur-rules', () => ({ canBlur: () => fake.canBlur }));
vi.mock('../src/retouch/background-blur', () => ({
  BackgroundBlur: class {
    close = vi.fn();
    take = (camera: unknown) => camera && blurred;
    constructor(readonly trouble: (trouble: 'slow' | 'failed') => void) {
      fake.made.push(this);
    }
  },
}));

const { OwnBlur } = await import('../src/retouch/own-blur');

class Camera extends EventTarget {
  backgroundBlur = false;
  getSettings = () => ({ backgroundBlur: this.backgroundBlur });
}

const blurred = { name: 'blurred' };
const closeCamera = vi.fn();
const tell = vi.fn();
let choices: DeviceChoices;
let camera: Camera | null;
let sent: unknown;

/** Sends what is made of the camera, as Devices does. */
const retouch = vi.fn((_kind: 'audio' | 'video', change: Retouch | null) => {
  const own = camera as unknown as MediaStreamTrack | null;
  sent = change ? change(own) : own;
});

beforeEach(() => {
  vi.clearAllMocks();
  stubStorage();
  choices = new DeviceChoices();
  camera = new Camera();
  sent = camera;
  fake.canBlur = true;
  fake.made.length = 0;
});

const start = () => new OwnBlur({ devices: { retouch }, choices, closeCamera, tell });

test('who has not chosen it is sent as the camera sees them, and nothing begins', () => {
  start();

  expect(sent).toBe(camera);
  expect(fake.made).toEqual([]);
});

test('chosen in an earlier lesson, the first frame that is sent is blurred', () => {
  choices.set({ blursBackground: true });
  start();

  expect(sent).toBe(blurred);
});

test('chosen and switched off again, it comes and goes', () => {
  start();
  choices.set({ blursBackground: true });

  expect(sent).toBe(blurred);

  choices.set({ blursBackground: false });

  expect(sent).toBe(camera);
  expect(fake.made[0]?.close).toHaveBeenCalledOnce();
});

test('a camera whose system blurs needs no thread, and gets one when the system stops', () => {
  const own = new Camera();
  own.backgroundBlur = true;
  camera = own;
  choices.set({ blursBackground: true });
  start();

  expect(sent).toBe(camera);
  expect(fake.made).toEqual([]);

  own.backgroundBlur = false;
  own.dispatchEvent(new Event('configurationchange'));

  expect(sent).toBe(blurred);

  own.backgroundBlur = true;
  own.dispatchEvent(new Event('configurationchange'));

  expect(sent).toBe(camera);
  expect(fake.made[0]?.close).toHaveBeenCalledOnce();
});

test.each(['slow', 'failed'] as const)(
  '%s: the camera is closed before the choice is gone, and it is said',
  (trouble) => {
    start();
    choices.set({ blursBackground: true });
    closeCamera.mockImplementationOnce(() => {
      expect(choices.get().blursBackground).toBe(true);
      camera = null;
    });
    fake.made[0]?.trouble(trouble);

    expect(sent).toBeNull();
    expect(choices.get().blursBackground).toBe(false);
    expect(tell.mock.calls).toEqual([[null], [trouble]]);
  },
);

test('trouble of a thread that was given up is no news', () => {
  start();
  choices.set({ blursBackground: true });
  choices.set({ blursBackground: false });
  fake.made[0]?.trouble('failed');

  expect(closeCamera).not.toHaveBeenCalled();
});

test('a browser that cannot sends nothing, closes the camera and says so', async () => {
  fake.canBlur = false;
  choices.set({ blursBackground: true });
  start();

  expect(sent).toBeNull();

  await settle();

  expect(closeCamera).toHaveBeenCalledOnce();
  expect(tell).toHaveBeenLastCalledWith('failed');
});

test('without a camera nothing begins, and with one it does', () => {
  camera = null;
  choices.set({ blursBackground: true });
  start();

  expect([sent, fake.made.length]).toEqual([null, 0]);
});
