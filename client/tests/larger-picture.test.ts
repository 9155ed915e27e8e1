import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  hasFullScreen,
  hasPictureInPicture,
  toggleFullScreen,
  togglePictureInPicture,
} from '../src/room/devices/larger-picture';
import { pictureOf } from '../src/room/page/pictures';
import { refusal } from '../src/room/store/notice-state';

const done: string[] = [];
const video = {
  requestPictureInPicture: async () => void done.push('out'),
  webkitSetPresentationMode: (mode: string) => void done.push(mode),
};

function showIn(browser: object): void {
  vi.stubGlobal('document', { createElement: () => ({ dataset: {} }), documentElement: {}, ...browser });
}

beforeEach(() => {
  done.length = 0;
  refusal.value = null;
  showIn({});
  // Another file's test may have made it.
  Object.assign(pictureOf('remote'), video);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('the picture leaves the page and comes back, by the standard’s names', async () => {
  showIn({ pictureInPictureEnabled: true });
  await togglePictureInPicture();
  showIn({
    pictureInPictureEnabled: true,
    pictureInPictureElement: video,
    exitPictureInPicture: async () => void done.push('back'),
  });
  await togglePictureInPicture();

  expect([hasPictureInPicture(), done]).toEqual([true, ['out', 'back']]);
});

test('an old Safari is asked by its own names', async () => {
  await togglePictureInPicture();
  showIn({
    webkitFullscreenEnabled: true,
    documentElement: { webkitRequestFullscreen: () => void done.push('full') },
  });
  await toggleFullScreen();

  expect([hasFullScreen(), done]).toEqual([true, ['picture-in-picture', 'full']]);
});

test('a refusal is shown, and the next success takes it away', async () => {
  showIn({ documentElement: { requestFullscreen: () => Promise.reject(new TypeError('no gesture')) } });
  await toggleFullScreen();
  const refused = refusal.value;
  showIn({ fullscreenElement: {}, exitFullscreen: async () => undefined });
  await toggleFullScreen();

  expect([refused, refusal.value]).toEqual(['fullscreen.failed', null]);
});
