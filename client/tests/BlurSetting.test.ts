// The line below the switch of the blur.

import { expect, test } from 'vitest';
import { sayBackground } from '../src/room/devices/BlurSetting';

test.each([
  ['able', true, null, 'effects.blur-hint'],
  ['closed', true, null, 'effects.blur-own'],
  ['closed', false, null, 'effects.blur-hint'],
  ['unable', true, null, 'effects.blur-own'],
  ['unable', true, 'slow', 'effects.blur-slow'],
  ['able', true, 'failed', 'effects.blur-failed'],
  ['on', true, 'slow', 'effects.blur-on'],
  ['off', true, null, 'effects.blur-own'],
  ['off', false, null, 'effects.blur-off'],
] as const)('a camera that is %s, a browser that can %s, after %s: %s', (background, canBlur, news, key) => {
  expect(sayBackground(background, canBlur, news)).toBe(key);
});
