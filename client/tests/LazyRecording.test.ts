// When the recording is loaded, and what a page remembers of its yes.

import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import { readAnswer, writeWish } from '../src/classroom/recording-frame';
import { RecordingTalk } from '../src/classroom/recording-talk';
import { until } from './until';

const fake = vi.hoisted(() => ({
  hasRecording: true,
  canRecord: true,
  kept: [] as object[],
  press: vi.fn(),
  start: vi.fn(),
}));
/** Each test has its own: what an earlier one has started hears no more. */
const makeClassroom = () => signal<{ recording: RecordingTalk } | null>(null);
let classroom = makeClassroom();
vi.mock('../src/room/store/recording-state', async (real) => ({
  ...(await real<object>()),
  hasRecording: () => fake.hasRecording,
  canRecord: () => fake.canRecord,
}));
vi.mock('../src/room/store/room-store', () => ({ link: { room: 'r-1' } }));
vi.mock('../src/room/classroom/kept-recordings', () => ({ listKept: () => fake.kept }));
vi.mock('../src/room/classroom/tools-state', () => ({
  tools: {
    get classroom() {
      return classroom;
    },
  },
}));
vi.mock('../src/room/classroom/RecordingBar', () => ({
  RecordingBar: () => null,
  startLiveRecording: fake.start,
}));

const { startRecording } = await import('../src/room/classroom/LazyRecording');
const { pressRecording, recordingBar } = await import('../src/room/store/recording-state');
const store = new Map<string, string>();
const isLoaded = () => until(() => expect(recordingBar.value).not.toBeNull());
const soon = () => new Promise((wake) => setTimeout(wake, 20));

function meet(): RecordingTalk {
  const recording = new RecordingTalk(() => undefined);
  classroom.value = { recording };
  return recording;
}

beforeEach(() => {
  vi.clearAllMocks();
  fake.start.mockReturnValue(fake.press);
  Object.assign(fake, { hasRecording: true, canRecord: true, kept: [] });
  recordingBar.value = pressRecording.value = null;
  classroom = makeClassroom();
  store.clear();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  });
});

test('where the platform shows none, a question gets a no and nothing is loaded', async () => {
  fake.hasRecording = false;
  startRecording();
  const talk = meet();
  talk.receive('recording', writeWish({ word: 'asks', id: 5 }), 0);
  const message = talk.next(0);
  await soon();

  expect(message?.kind === 'recording-answer' && readAnswer(message.bytes)).toEqual({ word: 'no', id: 5 });
  expect(fake.start).not.toHaveBeenCalled();
  expect(pressRecording.value).toBeNull();
});

test('a press loads it once, and each press counts', async () => {
  startRecording();
  await soon();
  expect(fake.start).not.toHaveBeenCalled();

  pressRecording.value?.();
  pressRecording.value?.();
  await until(() => expect(fake.press).toHaveBeenCalledTimes(2));
  expect(fake.start).toHaveBeenCalledOnce();
});

test('the other’s question loads it, and so does what an earlier page has left', async () => {
  startRecording();
  meet().receive('recording', writeWish({ word: 'asks', id: 5 }), 0);
  await isLoaded();

  recordingBar.value = null;
  fake.kept = [{}];
  startRecording();
  await isLoaded();
});

test('a browser that cannot record has no entry, and its person can be asked', () => {
  fake.canRecord = false;
  startRecording();

  expect(pressRecording.value).toBeNull();
  expect(meet().mayBeAsked).toBe(true);
});

test('a yes is remembered over a reload, in this lesson', () => {
  startRecording();
  const talk = meet();
  talk.receive('recording', writeWish({ word: 'asks', id: 5 }), 0);
  talk.agree(0);
  expect([...store.values()]).toEqual(['["r-1",5]']);

  const reloaded = meet();
  reloaded.receive('recording', writeWish({ word: 'records', id: 5 }), 0);
  expect(reloaded.state).toBe('recorded');
  reloaded.stop(0);
  expect(store.size).toBe(0);

  store.set('langdao:recording-yes', '["r-2",5]');
  const elsewhere = meet();
  elsewhere.receive('recording', writeWish({ word: 'records', id: 5 }), 0);
  expect(elsewhere.state).toBe('off');
});
