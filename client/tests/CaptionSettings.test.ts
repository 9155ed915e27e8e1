// The settings of the captions: a name for each size.

import { expect, test } from 'vitest';
import english from '../src/i18n/en.json';
import { SIZES } from '../src/room/classroom/caption-size';
import { findLoadedWith } from './source-tree';

test('each size has a name', () => {
  for (const size of SIZES) expect(english).toHaveProperty([`captions.size.${size}`]);
});

test('they come with the row', () => {
  expect(findLoadedWith('room/classroom/CaptionBar.tsx')).toContain('room/classroom/CaptionSettings.tsx');
});
