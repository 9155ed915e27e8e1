// What the recording of a lesson works with: this browser's recorder and folder, the lesson's end, and what an earlier page has left.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeAnswer } from '../src/classroom/recording-frame';
import { RecordingTalk } from '../src/classroom/recording-talk';
import type { KeptRecording } from '../src/room/classroom/kept-recordings';
import { until } from './until';

const fake = vi.hoisted(() => ({
  kept: [] as KeptRecording[],
  isOnDisk: true,
  open: vi.fn(),
  saved: vi.fn(),
  deleted: vi.fn(async (_name: string) => undefined),
  deletedOld: vi.fn(async (_isOld: (name: string) => boolean) => undefined),
  finished: vi.fn(async () => new Blob()),
  rest: vi.fn(),
  close: vi.fn(async () => undefined),
  end: vi.fn(),
  canMake: true,
  canStop: true,
  sound: 'running',
  blob: new Blob(['abc']),
}));
const state = signal<{ outcome: object | null }>({ outcome: null });
const classroom = signal<{ recording: RecordingTalk } | null>(null);
vi.mock('../src/classroom/recording-file', () => ({
  RecordingWorker: class {
    end = fake.end;
  },
  openFile: async () => [{ finish: fake.finished }, fake.isOnDisk],
  readKept: async (name: string) => (name === 'gone' ? null : fake.blob),
  deleteKept: fake.deleted,
  deleteOld: fake.deletedOld,
}));
vi.mock('../src/classroom/recording-mix', () => ({ RecordingMix: class {} }));
vi.mock('../src/room/classroom/lesson-film', () => ({
  LessonFilm: class {
    read = vi.fn();
    close = vi.fn();
  },
}));
vi.mock('../src/room/classroom/lesson-recorder', () => ({
  LessonRecorder: class {
    constructor() {
      if (!fake.canMake) throw new Error('no canvas');
    }
    stop = async () => {
      if (!fake.canStop) throw new Error('no file');
      return fake.blob;
    };
  },
}));
vi.mock('../src/room/classroom/kept-recordings', async (real) => ({
  ...(await real<object>()),
  listKept: () => fake.kept,
  noteKept: (kept: KeptRecording) => fake.kept.push(kept),
  forgetKept: (kept: KeptRecording) => {
    fake.kept = fake.kept.filter((each) => each !== kept);
  },
}));
vi.mock('../src/room/classroom/tools-state', () => ({
  lessonName: () => 'tutor a',
  tools: {
    open: fake.open,
    get classroom() {
      return classroom;
    },
  },
}));
vi.mock('../src/room/devices/sound', () => ({
  makeListeningContext: () => ({ close: fake.close, state: fake.sound }),
  keepRunning: () => fake.rest,
}));
vi.mock('../src/ui/save-blob', () => ({ saveBlob: fake.saved }));
vi.mock('../src/room/store/room-store', () => ({
  get state() {
    return state;
  },
}));

const live = await import('../src/room/classroom/live-recording');
const { recordingStand } = await import('../src/room/store/recording-state');

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(fake, { kept: [], isOnDisk: true, canMake: true, canStop: true, sound: 'running' });
  classroom.value = null;
  state.value = { outcome: null };
  vi.stubGlobal('navigator', { vendor: '', languages: ['en'] });
  vi.stubGlobal('MediaRecorder', { isTypeSupported: (type: string) => type === 'video/webm' });
});

afterEach(() => vi.unstubAllGlobals());

const is = (stand: string) => until(() => expect(live.recording.view.value.state).toBe(stand));

async function begin(): Promise<void> {
  const press = live.startLiveRecording();
  press();
  expect(fake.open).toHaveBeenCalledOnce();
  const talk = new RecordingTalk(() => undefined);
  const id = vi.spyOn(talk, 'ask');
  classroom.value = { recording: talk };
  expect(recordingStand.value).toBe('busy');
  talk.receive('recording-answer', writeAnswer({ word: 'yes', id: id.mock.calls[0]?.[0] ?? 0 }), 0);
}

test('the lesson’s end ends the recording and saves it under the lesson’s name', async () => {
  await begin();
  expect(recordingStand.value).toBe('on');
  await until(() => expect(fake.kept).toHaveLength(1));
  expect(fake.kept[0]).toMatchObject({ lesson: 'tutor a', file: expect.stringMatching(/^\d+\.webm$/) });

  state.value = { outcome: {} };
  await is('off');

  expect(recordingStand.value).toBe('off');
  expect(fake.saved).toHaveBeenCalledExactlyOnceWith(
    fake.blob,
    expect.stringMatching(/^Lesson of .*\.webm$/),
  );
  expect(fake.rest).toHaveBeenCalledOnce();
  expect(fake.close).toHaveBeenCalledOnce();

  const [take] = live.recording.view.value.takes;
  if (take) live.recording.remove(take);
  expect(fake.deleted).toHaveBeenCalledOnce();
  expect(fake.kept).toEqual([]);
});

test('what is only in memory is noted nowhere', async () => {
  fake.isOnDisk = false;
  await begin();
  live.recording.stop();
  await is('off');

  expect(fake.kept).toEqual([]);
  expect(live.recording.view.value.takes).toHaveLength(1);
});

test('a browser without any kind of file says that it cannot', async () => {
  vi.stubGlobal('MediaRecorder', { isTypeSupported: () => false });
  await begin();
  await is('off');

  expect(live.recording.view.value.news).toBe('failed');
});

test('no file is made without its sound', async () => {
  vi.useFakeTimers();
  fake.sound = 'suspended';
  await begin();
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
  await is('off');

  expect(live.recording.view.value.news).toBe('failed');
  expect(fake.kept).toEqual([]);
  expect(fake.close).toHaveBeenCalledOnce();
});

test('a recorder that cannot stop lets the sound go', async () => {
  fake.canStop = false;
  await begin();
  live.recording.stop();
  await is('off');

  expect(live.recording.view.value.takes).toEqual([]);
  expect(fake.close).toHaveBeenCalledOnce();
});

test('a recorder that cannot begin leaves nothing behind', async () => {
  fake.canMake = false;
  await begin();
  await is('off');

  expect(live.recording.view.value.news).toBe('failed');
  expect(fake.kept).toEqual([]);
  for (const each of [fake.close, fake.finished, fake.end, fake.deleted]) expect(each).toHaveBeenCalledOnce();
  expect(fake.finished).toHaveBeenCalledBefore(fake.deleted); // an open file cannot be deleted
});

test('what an earlier page has left is offered, what is gone forgotten, and what is old deleted', async () => {
  const kept = (file: string, madeMs = Date.now()) => ({
    file,
    lesson: 'tutor a',
    name: `${file}.webm`,
    madeMs,
  });
  fake.kept = [kept('1'), kept('gone'), kept('old', 0)];
  live.startLiveRecording();

  await until(() => expect(fake.kept.map(({ file }) => file)).toEqual(['1']));
  await until(() =>
    expect(live.recording.view.value.takes).toMatchObject([{ name: '1.webm', isSaved: false }]),
  );
  expect(fake.deleted).toHaveBeenCalledExactlyOnceWith('old');
  await until(() => expect(fake.deletedOld).toHaveBeenCalledOnce());
  const [isOld] = fake.deletedOld.mock.calls[0] ?? [];
  expect([isOld?.(`${Date.now()}.webm`), isOld?.('1.webm')]).toEqual([false, true]);
});
