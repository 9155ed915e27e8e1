// The side panel is there at once with the chat. Each tool's tab fetches what it shows when it is first opened.

import { expect, test } from 'vitest';
import { findLoadedWith } from './source-tree';

test('it brings the chat, and no tool', () => {
  const loaded = findLoadedWith('room/classroom/PanelTabs.tsx');

  expect(loaded).toContain('room/chat/Chat.tsx');
  for (const tool of ['Notes.tsx', 'Vocabulary.tsx']) expect(loaded).not.toContain(`room/classroom/${tool}`);
});
