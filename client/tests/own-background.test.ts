// What a camera can do about the background, and what becomes of the wish.

import { beforeEach, expect, test, vi } from 'vitest';
import { DeviceChoices } from '../src/call/media/device-choices';
import { constraintsOf, isBlurred } from '../src/call/media/device-permissions';
import { sharpen } from '../src/call/media/open-devices';
import { OwnBackground, readBackground } from '../src/retouch/own-background';
import { stubStorage } from './watched-devices';

class Camera extends EventTarget {
  constraints: Record<string, unknown> = { width: { ideal: 640 } };
  constructor(
    private readonly able: readonly boolean[] | undefined,
    private readonly obeys = true,
  ) {
    super();
  }
  getCapabilities = () => (this.able ? { backgroundBlur: this.able } : {});
  getConstraints = () => this.constraints;
  getSettings = () => ({ backgroundBlur: this.obeys && this.constraints['backgroundBlur'] === true });
  applyConstraints = async (constraints: Record<string, unknown>) => {
    if (!this.obeys) throw new Error('OverconstrainedError');
    this.constraints = constraints;
  };
}

const asTrack = (camera: Camera | null) => camera as unknown as MediaStreamTrack | null;
let choices: DeviceChoices;
const onChange = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  stubStorage();
  choices = new DeviceChoices();
});

function open(camera: Camera | null) {
  const tracks = { audio: null, video: asTrack(camera) };
  let tell: (kind: 'audio' | 'video', track: MediaStreamTrack | null) => void = () => undefined;
  const end = vi.fn();
  const devices = {
    tracks,
    subscribe: (listener: { onTrack?: typeof tell }) => {
      if (listener.onTrack) tell = listener.onTrack;
      return end;
    },
  };
  const own = new OwnBackground({ devices, choices, onChange });
  const use = (next: Camera | null) => {
    tracks.video = asTrack(next);
    tell('video', asTrack(next));
  };
  return { own, use, end };
}

test.each([
  [[true, false], 'able'],
  [[true], 'on'],
  [[false], 'off'],
  [[], 'unable'],
  [undefined, 'unable'],
] as const)('a camera that knows %j is %s', (able, background) => {
  expect(readBackground(asTrack(new Camera(able)))).toBe(background);
});

test('a browser that tells no capabilities knows no blur, and a camera that is off can still be wished for', async () => {
  expect(readBackground({} as MediaStreamTrack)).toBe('unable');
  expect(readBackground(null)).toBe('closed');

  await open(null).own.choose(true);

  expect(choices.get().blursBackground).toBe(true);
});

test('the open camera blurs at once, and keeps what else was asked of it', async () => {
  const camera = new Camera([true, false]);

  await open(camera).own.choose(true);

  expect(camera.constraints).toEqual({ width: { ideal: 640 }, backgroundBlur: true });
  expect(isBlurred(asTrack(camera))).toBe(true);
  expect(onChange).toHaveBeenCalledTimes(2);
});

test('a camera that grows sharp stays blurred behind the person', async () => {
  const camera = new Camera([true, false]);
  await open(camera).own.choose(true);
  await sharpen(camera as unknown as MediaStreamTrack);

  expect(camera.constraints).toMatchObject({ width: { ideal: 1_280 }, backgroundBlur: true });
});

test('while the wish is remembered the camera blurs: nothing else has to begin', async () => {
  const camera = new Camera([true, false]);
  const { own } = open(camera);
  choices.subscribe(() => expect(isBlurred(asTrack(camera))).toBe(true));
  await own.choose(true);

  expect(choices.get().blursBackground).toBe(true);

  await own.choose(false);

  expect(choices.get().blursBackground).toBe(false);
  expect(isBlurred(asTrack(camera))).toBe(false);
});

test.each([[[true, false]], [undefined]])(
  'a camera that refuses, or knows %j, leaves the wish',
  async (able) => {
    const camera = new Camera(able, false);
    await open(camera).own.choose(true);

    expect(isBlurred(asTrack(camera))).toBe(false);
    expect(choices.get().blursBackground).toBe(true);
  },
);

test('the first frame of a later camera is blurred: its constraints say so, and only by choice', () => {
  const video = { audio: false, video: true };

  expect(constraintsOf(video, choices.get()).video).not.toHaveProperty('backgroundBlur');

  choices.set({ blursBackground: true });

  expect(constraintsOf(video, choices.get()).video).toHaveProperty('backgroundBlur', true);
});

test('what the system changes beside us is seen, of the camera in use alone, until it is closed', () => {
  const [one, two] = [new Camera([true]), new Camera([true])];
  const { own, use, end } = open(one);
  use(two);
  onChange.mockClear();
  one.dispatchEvent(new Event('configurationchange'));

  expect(onChange).not.toHaveBeenCalled();

  two.dispatchEvent(new Event('configurationchange'));

  expect(onChange).toHaveBeenCalledOnce();

  own.close();
  two.dispatchEvent(new Event('configurationchange'));

  expect(onChange).toHaveBeenCalledOnce();
  expect(end).toHaveBeenCalledOnce();
});
