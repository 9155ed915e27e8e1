// The recorder: what it is made of, that it draws only while it records, and that its file is whole at the end.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LessonRecorder, type RecorderParts } from '../src/room/classroom/lesson-recorder';
import { type FakeCanvas, makeCanvas } from './fake-canvas';
import { until } from './until';

class FakeRecorder {
  static made: FakeRecorder;
  state: RecordingState = 'inactive';
  ondataavailable: (event: { data: Blob }) => void = () => undefined;
  onstop: () => void = () => undefined;
  onerror: () => void = () => undefined;
  isDeaf = false;

  constructor(
    readonly stream: { getTracks: () => { stop: () => void }[] },
    readonly options: MediaRecorderOptions,
  ) {
    FakeRecorder.made = this;
  }

  start(): void {
    this.state = 'recording';
  }
  pause(): void {
    this.state = 'paused';
  }
  resume(): void {
    this.state = 'recording';
  }
  stop(): void {
    this.state = 'inactive';
    if (this.isDeaf) return;
    this.ondataavailable({ data: new Blob(['last']) });
    this.onstop();
  }
}

type RecordingState = 'inactive' | 'recording' | 'paused';

const tracks = [{ stop: vi.fn() }];
const worker = { onBeat: () => undefined as unknown, beat: vi.fn(), end: vi.fn() };
const written: string[] = [];
let canvas: FakeCanvas;
let hasRoom = true;
const parts = {
  kind: { type: 'video/webm', ending: 'webm' },
  mix: { track: 'sound', close: vi.fn() },
  worker,
  file: {
    write: (piece: ArrayBuffer) => {
      written.push(new TextDecoder().decode(piece));
      return hasRoom;
    },
    finish: async () => new Blob(written),
  },
  film: () => ({ own: { picture: null, name: 'Bo' }, remote: { picture: null, name: 'Ana' }, screen: null }),
  onTrouble: vi.fn(),
};
const make = (changes: object = {}) =>
  new LessonRecorder({ ...parts, ...changes } as unknown as RecorderParts);

beforeEach(() => {
  vi.clearAllMocks();
  written.length = 0;
  hasRoom = true;
  canvas = makeCanvas();
  const stream = { addTrack: vi.fn(), getTracks: () => tracks };
  Object.assign(canvas, { captureStream: () => stream });
  vi.stubGlobal('document', { createElement: () => canvas });
  vi.stubGlobal('MediaRecorder', FakeRecorder);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it draws at each beat while it records, and not while it rests', () => {
  const recorder = make();
  const drawnAtBeat = () => {
    canvas.drawn.length = 0;
    worker.onBeat();
    return canvas.drawn.length > 0;
  };
  expect(worker.beat).toHaveBeenCalledExactlyOnceWith(40);
  expect(drawnAtBeat()).toBe(true);

  recorder.pause();
  recorder.pause();
  expect(drawnAtBeat()).toBe(false);

  recorder.resume();
  expect(drawnAtBeat()).toBe(true);
});

test('its file has every piece in order, and nothing is left on', async () => {
  const recorder = make();
  for (const text of ['one', '', 'two']) FakeRecorder.made.ondataavailable({ data: new Blob([text]) });
  const file = await recorder.stop();

  expect(await file.text()).toBe('onetwolast');
  expect(written).toEqual(['one', 'two', 'last']);
  expect(tracks[0]?.stop).toHaveBeenCalled();
  expect(parts.mix.close).toHaveBeenCalledOnce();
  expect(worker.end).toHaveBeenCalledOnce();
});

test('without room, or after an error, it says so once', async () => {
  hasRoom = false;
  const recorder = make();
  FakeRecorder.made.ondataavailable({ data: new Blob(['one']) });
  await until(() => expect(parts.onTrouble).toHaveBeenCalledExactlyOnceWith('full'));
  FakeRecorder.made.onerror();
  await recorder.stop();

  expect(parts.onTrouble).toHaveBeenCalledOnce();
  expect(written).toEqual(['one']);
});

test('a recorder that never says that it has stopped is not waited for', async () => {
  vi.useFakeTimers();
  const recorder = make();
  FakeRecorder.made.isDeaf = true;
  const stopped = recorder.stop();
  await vi.advanceTimersByTimeAsync(3_000);

  expect((await stopped).size).toBe(0);
});

test('without a worker the page beats itself, until the end', async () => {
  vi.useFakeTimers();
  const recorder = make({ worker: null });
  canvas.drawn.length = 0;
  vi.advanceTimersByTime(40);
  expect(canvas.drawn.length).toBeGreaterThan(0);

  await recorder.stop();
  expect(vi.getTimerCount()).toBe(1); // that of the stop itself
});

test('a page without canvas is refused', () => {
  Object.assign(canvas, { getContext: () => null });

  expect(() => make()).toThrow('no canvas');
});
