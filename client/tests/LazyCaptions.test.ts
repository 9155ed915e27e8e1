// When the captions are loaded: not before one of the two wants them, and then once.

import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import { CaptionTalk } from '../src/classroom/caption-talk';
import { until } from './until';

const fake = vi.hoisted(() => ({ hasCaptions: true, startLiveCaptions: vi.fn(), resumeReading: vi.fn() }));
const classroom = signal<{ captions: CaptionTalk } | null>(null);
const isReading = signal(false);
vi.mock('../src/room/store/caption-reading', () => ({
  hasCaptions: () => fake.hasCaptions,
  resumeReading: fake.resumeReading,
  get isReading() {
    return isReading;
  },
}));
vi.mock('../src/room/classroom/tools-state', () => ({
  tools: {
    get classroom() {
      return classroom;
    },
  },
}));
vi.mock('../src/room/classroom/CaptionBar', () => ({
  CaptionBar: () => null,
  startLiveCaptions: fake.startLiveCaptions,
}));

const { startCaptions } = await import('../src/room/classroom/LazyCaptions');
const { captionBar } = await import('../src/room/store/captions-state');
const isWanted = Uint8Array.of(1);
const soon = () => new Promise((wake) => setTimeout(wake, 20));

function meet(): CaptionTalk {
  const captions = new CaptionTalk(() => undefined);
  classroom.value = { captions };
  return captions;
}

beforeEach(() => {
  vi.clearAllMocks();
  fake.hasCaptions = true;
  captionBar.value = null;
  classroom.value = null;
  isReading.value = false;
});

test('who opens them loads them once', async () => {
  startCaptions();
  await soon();
  expect(fake.startLiveCaptions).not.toHaveBeenCalled();

  for (const isOn of [true, false, true]) isReading.value = isOn;
  await until(() => expect(captionBar.value).not.toBeNull());

  isReading.value = false;
  isReading.value = true;
  await soon();
  expect(fake.startLiveCaptions).toHaveBeenCalledOnce();
});

test('a page that was reading before its reload loads them by itself', async () => {
  fake.resumeReading.mockImplementationOnce(() => {
    isReading.value = true;
  });
  startCaptions();

  await until(() => expect(captionBar.value).not.toBeNull());
});

test('the other’s wish loads them, and nothing else that they say does', async () => {
  startCaptions();
  const captions = meet();
  captions.receive('captioning', Uint8Array.of(0), 0);
  await soon();
  expect(fake.startLiveCaptions).not.toHaveBeenCalled();

  captions.receive('captioning', isWanted, 0);
  await until(() => expect(captionBar.value).not.toBeNull());

  expect(fake.startLiveCaptions).toHaveBeenCalledOnce();
});

test('where the platform hides them the other’s wish changes nothing', async () => {
  fake.hasCaptions = false;
  startCaptions();
  meet().receive('captioning', isWanted, 0);
  await soon();

  expect(fake.startLiveCaptions).not.toHaveBeenCalled();
});
