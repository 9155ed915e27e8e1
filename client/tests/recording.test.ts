// What a page does with what the two have agreed: a recorder runs exactly while it may, and the file comes to the person.

import { beforeEach, expect, test, vi } from 'vitest';
import { writeAnswer } from '../src/classroom/recording-frame';
import { RecordingTalk } from '../src/classroom/recording-talk';
import { LessonRecording, type Making, type Take } from '../src/room/classroom/recording';
import { until } from './until';

const take: Take = { name: 'Lesson.webm', blob: new Blob(['abc']), isSaved: false, remove: vi.fn() };
const making = { pause: vi.fn(), resume: vi.fn(), stop: vi.fn<Making['stop']>() };
const ports = {
  clock: () => 0,
  makeId: () => 7,
  openTools: vi.fn(),
  make: vi.fn(async (_onTrouble: (why: 'full' | 'failed') => void): Promise<Making> => making),
  save: vi.fn(async () => undefined),
};
const answer = (word: 'yes' | 'no') => talk.receive('recording-answer', writeAnswer({ word, id: 7 }), 0);
const isOver = () => until(() => expect(recording.view.value.state).toBe('off'));
let talk: RecordingTalk;
let recording: LessonRecording;

beforeEach(() => {
  vi.clearAllMocks();
  making.stop.mockResolvedValue(take);
  talk = new RecordingTalk(() => undefined);
  recording = new LessonRecording(ports);
  recording.connect(talk);
});

function begin(): void {
  recording.press();
  answer('yes');
}

test('after a yes it records, and a press saves what there is', async () => {
  recording.press();
  expect(ports.make).not.toHaveBeenCalled();
  answer('yes');
  expect(recording.view.value.state).toBe('recording');
  expect(ports.make).toHaveBeenCalledOnce();

  recording.press();
  expect(recording.view.value.state).toBe('stopping');
  await isOver();

  expect(ports.save).toHaveBeenCalledExactlyOnceWith(take);
  expect(recording.view.value).toEqual({ state: 'off', news: null, takes: [{ ...take, isSaved: true }] });
});

test('after a no nothing is recorded, and who asks at once is told to wait', () => {
  recording.press();
  answer('no');
  expect(recording.view.value.news).toBe('refused');
  recording.dismiss();
  recording.press();

  expect(recording.view.value).toMatchObject({ state: 'off', news: 'rest' });
  expect(ports.make).not.toHaveBeenCalled();
});

test('a press before the tools are there asks when they are', () => {
  const early = new LessonRecording(ports);
  early.press();
  expect(ports.openTools).toHaveBeenCalledOnce();

  early.connect(talk);
  expect(talk.state).toBe('asking');
});

test('the other’s end saves, too, and is told', async () => {
  begin();
  answer('no');
  await isOver();

  expect(recording.view.value.news).toBe('over');
  expect(ports.save).toHaveBeenCalledOnce();
});

test('while the line is away the recorder rests', async () => {
  begin();
  talk.lose(0);
  await until(() => expect(making.pause).toHaveBeenCalledOnce());
  answer('yes');
  await until(() => expect(making.resume).toHaveBeenCalledOnce());

  talk.lose(0);
  talk.tick(15_000);
  await isOver();
  expect(recording.view.value.news).toBe('gone');
  expect(ports.save).toHaveBeenCalledOnce();
});

test('a disk that is full ends it with a word, and what there is is saved', async () => {
  begin();
  ports.make.mock.calls[0]?.[0]('full');
  await isOver();

  expect(recording.view.value).toMatchObject({ news: 'full', takes: [{ isSaved: true }] });
});

test('a browser that cannot begin, or gives an empty file, says so once and can be asked again', async () => {
  ports.make.mockRejectedValueOnce(new Error('no canvas'));
  begin();
  await isOver();
  expect(recording.view.value).toEqual({ state: 'off', news: 'failed', takes: [] });

  making.stop.mockResolvedValueOnce(null);
  begin();
  expect(recording.view.value.news).toBeNull();
  recording.stop();
  await isOver();
  expect(recording.view.value.news).toBe('failed');
});

test('a download that fails leaves the file to be saved again', async () => {
  ports.save.mockRejectedValueOnce(new Error('no'));
  begin();
  recording.stop();
  await isOver();
  expect(recording.view.value.takes).toEqual([take]);

  await recording.save(take);
  const [saved] = recording.view.value.takes;
  expect(saved?.isSaved).toBe(true);

  if (saved) recording.remove(saved);
  expect(take.remove).toHaveBeenCalledOnce();
  expect(recording.view.value.takes).toEqual([]);
});
