// The button for Anki is small; what it calls comes with the press.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('the button does not bring what writes the package', () => {
  expect(findLoadedWith('room/classroom/AnkiButton.tsx')).not.toContain('classroom/anki-package.ts');
});
