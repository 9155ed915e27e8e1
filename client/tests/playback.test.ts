// What a phone has paused plays on: after a while, when the page is seen again, and when it was paused before anybody watched.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pictureOf, play } from '../src/room/page/pictures';
import { resumePlayback } from '../src/room/side-effects/playback';

vi.mock('../src/room/page/pictures', () => {
  const made = new Map<string, object>();
  return {
    PARTS: ['own', 'remote', 'screen'],
    pictureOf: (part: string) => {
      const picture =
        made.get(part) ??
        Object.assign(new EventTarget(), { srcObject: null, isConnected: true, paused: true });
      made.set(part, picture);
      return picture;
    },
    play: vi.fn((picture: { paused: boolean }) => {
      picture.paused = false;
    }),
  };
});

interface Picture extends EventTarget {
  srcObject: object | null;
  isConnected: boolean;
  paused: boolean;
}

const remote = pictureOf('remote') as unknown as Picture;
let page: EventTarget & { hidden: boolean };

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal('document', page);
  vi.stubGlobal('self', globalThis);
  Object.assign(remote, { srcObject: {}, isConnected: true, paused: false });
});

afterEach(() => {
  vi.mocked(play).mockClear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function pause(): void {
  remote.paused = true;
  remote.dispatchEvent(new Event('pause'));
}

test('what a phone pauses plays on a moment later', () => {
  resumePlayback();

  pause();
  expect(play).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);

  expect(play).toHaveBeenCalledExactlyOnceWith(remote);
});

test('a phone that says no is asked again, and what plays is left alone', () => {
  vi.mocked(play).mockImplementationOnce(() => undefined);
  resumePlayback();

  pause();
  vi.advanceTimersByTime(2_000);
  expect(play).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(60_000);

  expect(play).toHaveBeenCalledTimes(2);
});

test('what was paused before this part was there plays on at once', () => {
  remote.paused = true;

  resumePlayback();

  expect(play).toHaveBeenCalledExactlyOnceWith(remote);
});

test('a page that is seen again plays, and one that is hidden does not', () => {
  resumePlayback();
  remote.paused = true;

  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(play).not.toHaveBeenCalled();
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));

  expect(play).toHaveBeenCalledExactlyOnceWith(remote);
});

test('a picture without a stream, or outside of the page, is not played', () => {
  remote.srcObject = null;
  remote.paused = true;
  resumePlayback();
  Object.assign(remote, { srcObject: {}, isConnected: false });

  pause();
  vi.advanceTimersByTime(60_000);

  expect(play).not.toHaveBeenCalled();
});
