// The question before the own words are written: plain in each language, and another one for each way.

import { expect, test } from 'vitest';
import english from '../src/i18n/en.json';
import { findLoadedWith } from './source-tree';

test('each way has a question and a yes of its own', () => {
  for (const start of ['captions.', 'captions.yes.']) {
    const said = (['device', 'download', 'service'] as const).map(
      (way) => english[`${start}${way}` as keyof typeof english],
    );

    expect(said.every((text) => typeof text === 'string')).toBe(true);
    expect(new Set(said).size).toBe(3);
  }
});

test('it comes with the row', () => {
  expect(findLoadedWith('room/classroom/CaptionBar.tsx')).toContain('room/classroom/CaptionOwn.tsx');
});
