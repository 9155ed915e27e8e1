// The line below the switch of the blur.

import { expect, test } from 'vitest';
import { sayBackground } from '../src/room/devices/BlurSetting';

test.each([
  ['able', false, 'effects.blur-hint'],
  ['closed', false, 'effects.blur-hint'],
  ['able', true, 'effects.blur-failed'],
  ['on', false, 'effects.blur-on'],
  ['off', true, 'effects.blur-off'],
] as const)('a camera that is %s, refused %s: %s', (background, isRefused, key) => {
  expect(sayBackground(background, isRefused)).toBe(key);
});
