// What the blurring thread does with cameras, frames and what fails.

import { beforeEach, expect, test, vi } from 'vitest';
import type { BlurRequest } from '../src/retouch/blur-rules';

const fake = vi.hoisted(() => ({
  paint: vi.fn((_frame: unknown, _isDue: boolean): unknown => 'blurred'),
  judge: vi.fn(() => 'fine'),
  painters: [] as { segmenter: unknown }[],
  isBroken: false,
}));
vi.mock('../src/retouch/blur-painter', () => ({
  BlurPainter: class {
    segmenter: unknown = null;
    paint = fake.paint;
    forget = () => undefined;
    constructor() {
      fake.painters.push(this);
    }
  },
}));
vi.mock('../src/retouch/blur-pace', () => ({
  BlurPace: class {
    isDue = true;
    judge = fake.judge;
  },
}));
vi.mock('../src/retouch/segmenter', () => ({
  Segmenter: class {
    constructor() {
      if (fake.isBroken) throw new Error('no model');
    }
  },
}));

let hear: (event: { data: BlurRequest }) => void = () => undefined;
let told: unknown[] = [];
let beat: () => void = () => undefined;
vi.stubGlobal('addEventListener', (_: string, listener: typeof hear) => {
  hear = listener;
});
vi.stubGlobal('postMessage', (news: unknown) => told.push(news));
vi.stubGlobal('setInterval', (then: () => void) => {
  beat = then;
});
await import('../src/retouch/blur-worker');

/** A camera that is read frame by frame. */
function makeCamera() {
  let give: (frame: object) => void = () => undefined;
  let end: () => void = () => undefined;
  const frames = new ReadableStream<VideoFrame>({
    start: (into) => {
      give = (frame) => into.enqueue(frame as VideoFrame);
      end = () => into.close();
    },
  });
  return { frames, give, end };
}

let sent: unknown[];
const settle = () => new Promise((wake) => setTimeout(wake, 5));

beforeEach(() => {
  vi.clearAllMocks();
  fake.isBroken = false;
  told = [];
  sent = [];
  hear({ data: { kind: 'begin', sent: new WritableStream({ write: (frame) => void sent.push(frame) }) } });
});

test('each frame is blurred, sent and closed, also before the model is there', async () => {
  const { frames, give } = makeCamera();
  const close = vi.fn();
  hear({ data: { kind: 'camera', camera: frames } });
  give({ close });
  give({ close });
  await settle();

  expect(sent).toEqual(['blurred', 'blurred']);
  expect(close).toHaveBeenCalledTimes(2);
  expect(fake.judge).not.toHaveBeenCalled();
});

test('with the model the pace is judged, and too slow is told', async () => {
  const { frames, give } = makeCamera();
  fake.judge.mockReturnValueOnce('slow');
  hear({ data: { kind: 'model', model: new ArrayBuffer(0) } });
  hear({ data: { kind: 'camera', camera: frames } });
  give({ close: () => undefined });
  await settle();

  expect(told).toEqual(['slow']);
});

test('a model that is none, and a frame that cannot be blurred, are told', async () => {
  fake.isBroken = true;
  hear({ data: { kind: 'model', model: new ArrayBuffer(0) } });
  await settle();

  expect(told).toEqual(['failed']);

  const { frames, give } = makeCamera();
  const close = vi.fn();
  fake.paint.mockImplementationOnce(() => {
    throw new Error('no memory');
  });
  hear({ data: { kind: 'camera', camera: frames } });
  give({ close });
  await settle();

  expect(told).toEqual(['failed', 'failed']);
  expect(sent).toEqual([]);
  expect(close).toHaveBeenCalledOnce();
});

test('another camera takes the place of the first, and a camera that ends is nothing new', async () => {
  const [one, two] = [makeCamera(), makeCamera()];
  hear({ data: { kind: 'camera', camera: one.frames } });
  hear({ data: { kind: 'camera', camera: two.frames } });
  await settle();
  two.give({ close: () => undefined });
  two.end();
  await settle();
  hear({ data: { kind: 'camera', camera: null } });
  await settle();

  expect(sent).toEqual(['blurred']);
  expect(() => one.give({})).toThrow();
  expect(told).toEqual([]);
});

test('it says that it lives', () => {
  beat();

  expect(told).toEqual(['alive']);
});
