// The size of the captions, from lesson to lesson.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { captionSize, readCaptionSize, setCaptionSize } from '../src/room/classroom/caption-size';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  captionSize.value = 'medium';
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

afterEach(() => vi.unstubAllGlobals());

test('what was chosen is there the next time', () => {
  setCaptionSize('large');
  captionSize.value = 'medium';
  readCaptionSize();

  expect(captionSize.value).toBe('large');
});

test('without a choice, or with one that is none, it is the middle', () => {
  kept.set('langdao:caption-size', 'huge');
  readCaptionSize();

  expect(captionSize.value).toBe('medium');
});

test('where storage is forbidden it holds until the page goes', () => {
  vi.stubGlobal('localStorage', undefined);
  setCaptionSize('small');
  readCaptionSize();

  expect(captionSize.value).toBe('small');
});
