// The blurring thread, as the page sees it: begun, fed, and given up.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackgroundBlur } from '../src/retouch/background-blur';
import type { BlurRequest } from '../src/retouch/blur-rules';
import { until } from './until';

class FakeWorker {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly asked: BlurRequest[] = [];
  terminate = vi.fn();
  constructor() {
    worker = this;
  }
  postMessage = (request: BlurRequest) => this.asked.push(request);
  say = (news: string) => this.onmessage?.({ data: news });
}

let worker: FakeWorker;
const stop = vi.fn();
const trouble = vi.fn();
const camera = (name: string) => ({ name }) as unknown as MediaStreamTrack;

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers();
  vi.stubGlobal('self', globalThis);
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('fetch', async () => new Response('model'));
  vi.stubGlobal(
    'MediaStreamTrackGenerator',
    class {
      writable = 'writable';
      stop = stop;
    },
  );
  vi.stubGlobal(
    'MediaStreamTrackProcessor',
    class {
      readonly readable: string;
      constructor({ track, maxBufferSize }: { track: { name: string }; maxBufferSize: number }) {
        this.readable = `${track.name} ${maxBufferSize}`;
      }
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('every camera comes out of the same track, which is never the camera’s', () => {
  const blur = new BackgroundBlur(trouble);
  const [one, two] = [camera('one'), camera('two')];
  const sent = blur.take(one);

  expect(sent).not.toBe(one);
  expect([blur.take(one), blur.take(two), blur.take(null)]).toEqual([sent, sent, null]);
  expect(worker.asked).toEqual([
    { kind: 'begin', sent: 'writable' },
    { kind: 'camera', camera: 'one 1' },
    { kind: 'camera', camera: 'two 1' },
    { kind: 'camera', camera: null },
  ]);
});

test('the thread gets the model once it is loaded', async () => {
  new BackgroundBlur(trouble);
  await until(() => expect(worker.asked[worker.asked.length - 1]?.kind).toBe('model'));

  expect(trouble).not.toHaveBeenCalled();
});

test.each([
  ['the service has none', async () => new Response('', { status: 404 })],
  ['the network is away', async () => Promise.reject(new TypeError('offline'))],
])('a model that does not load is trouble: %s', async (_name, answer) => {
  vi.stubGlobal('fetch', answer);
  new BackgroundBlur(trouble);

  await until(() => expect(trouble.mock.calls).toEqual([['failed']]));
});

test('what the thread tells is told once', () => {
  new BackgroundBlur(trouble);
  worker.say('alive');

  expect(trouble).not.toHaveBeenCalled();

  worker.say('slow');
  worker.onerror?.();

  expect(trouble.mock.calls).toEqual([['slow']]);
});

test('a thread that is silent for six looks has failed, and one that speaks has not', () => {
  new BackgroundBlur(trouble);
  vi.advanceTimersByTime(5_000);
  worker.say('alive');
  vi.advanceTimersByTime(5_000);

  expect(trouble).not.toHaveBeenCalled();

  vi.advanceTimersByTime(1_000);

  expect(trouble.mock.calls).toEqual([['failed']]);
});

test('closed, the thread and its track end, and nothing is looked at any more', () => {
  const blur = new BackgroundBlur(trouble);
  blur.close();
  vi.advanceTimersByTime(60_000);

  expect(worker.terminate).toHaveBeenCalledOnce();
  expect(stop).toHaveBeenCalledOnce();
  expect(trouble).not.toHaveBeenCalled();
});
