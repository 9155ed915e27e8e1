// The words of the other: the pressed ones become cards, so the vocabulary's list comes only with the first press.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('they come with the row, and without the document', () => {
  const loaded = findLoadedWith('room/classroom/CaptionBar.tsx');

  expect(loaded).toContain('room/classroom/CaptionText.tsx');
  expect(loaded).not.toContain('classroom/word-list.ts');
});
