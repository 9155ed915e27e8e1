// The row: there is a sign in every state in which something is asked or recorded, and none besides.

import { expect, test } from 'vitest';
import { RECORDING_NEXT, type RecordingState } from '../src/classroom/recording-rules';
import english from '../src/i18n/en.json';
import { sentenceOf } from '../src/room/classroom/RecordingBar';
import { findLoadedWith } from './source-tree';

test('each state has its own sentence; a question has more than one', () => {
  const states = Object.keys(RECORDING_NEXT) as RecordingState[];
  const said = new Map(states.map((state) => [state, sentenceOf(state, 'student')]));

  expect(states.filter((state) => said.get(state) === null)).toEqual(['off', 'asked']);
  expect(said.get('recorded')).toBe('recording.theirs.student');
  expect(new Set([...said.values()]).size).toBe(states.length - 1);
  for (const key of said.values()) if (key) expect(english[key]).toBeTruthy();
});

test('neither the page nor what follows it brings the row', () => {
  for (const start of ['room/Room.tsx', 'room/later.ts']) {
    expect(findLoadedWith(start)).not.toContain('room/classroom/RecordingBar.tsx');
  }
});
