// Whether a page shows recordings, and whether its browser can make one.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { canRecord, hasRecording } from '../src/room/store/recording-state';
import { theme } from '../src/theme/apply-theme';
import { PLAIN } from '../src/theme/theme';

const ALL = { MediaRecorder: Object, AudioContext: Object };

beforeEach(() => {
  vi.stubGlobal('self', ALL);
  vi.stubGlobal('HTMLCanvasElement', { prototype: { captureStream: Object } });
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  [null, true],
  [['recording'], true],
  [['chat'], false],
])('a platform that lists %j shows it: %j', (features, isShown) => {
  theme.value = { ...PLAIN, features };

  expect(hasRecording()).toBe(isShown);
});

test('a browser needs a recorder, a canvas that is a picture, and sound', () => {
  expect(canRecord()).toBe(true);

  for (const lacking of Object.keys(ALL)) {
    const { [lacking as keyof typeof ALL]: _, ...rest } = ALL;
    vi.stubGlobal('self', rest);
    expect(canRecord()).toBe(false);
  }
  vi.stubGlobal('self', ALL);
  vi.stubGlobal('HTMLCanvasElement', { prototype: {} });
  expect(canRecord()).toBe(false);
});
