// The buttons over the notes: one for each action, with a name of its own in each language.

import { expect, test } from 'vitest';
import { ACTIONS } from '../src/classroom/notes-commands';
import english from '../src/i18n/en.json';
import { findLoadedWith } from './source-tree';

test('each action has a name, and no two have the same', () => {
  const names = [...Object.keys(ACTIONS), 'link'].map(
    (name) => english[`notes.${name}` as keyof typeof english],
  );

  expect(names.every((name) => typeof name === 'string')).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test('the bar does not come before the notes', () => {
  expect(findLoadedWith('room/classroom/PanelTabs.tsx')).not.toContain('room/classroom/NotesBar.tsx');
});
