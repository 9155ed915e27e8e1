// The line below the switch: what it does, why it cannot be had, or what became of it.

import { expect, test } from 'vitest';
import { chooseHint } from '../src/room/devices/NoiseSetting';
import { findLoadedWith } from './source-tree';

test.each([
  [false, false, null, 'effects.none'],
  [false, true, 'failed', 'effects.none'],
  [true, true, 'paused', 'effects.noise-music'],
  [true, false, null, 'effects.noise-hint'],
  [true, false, 'rate', 'effects.noise-rate'],
  [true, false, 'failed', 'effects.noise-failed'],
  [true, false, 'paused', 'effects.noise-paused'],
] as const)('possible %s, music %s, news %s: %s', (isPossible, isMusic, news, hint) => {
  expect(chooseHint(isPossible, isMusic, news)).toBe(hint);
});

test('nothing of it comes with the page', () => {
  const loaded = findLoadedWith('room/boot.ts');

  expect([...loaded].filter((module) => module.startsWith('retouch/'))).toEqual([]);
});
