// The row under the pictures is loaded with all that it needs, and by nothing that the first picture waits for.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('one file keeps the voice, plays it and shows it', () => {
  const loaded = findLoadedWith('room/classroom/AgainBar.tsx');

  for (const part of ['keep-voice.ts', 'say-again.ts', 'sound-player.ts', 'AgainWave.tsx']) {
    expect(loaded).toContain(`room/classroom/${part}`);
  }
});

test('what follows the page by itself does not bring it', () => {
  expect(findLoadedWith('room/later.ts')).not.toContain('room/classroom/AgainBar.tsx');
});
