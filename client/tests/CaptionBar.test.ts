// The row of the captions: what it says where there are no words, and what loads it.

import { expect, test } from 'vitest';
import { type CaptionLog, EMPTY_LOG } from '../src/classroom/caption-log';
import type { CaptionTalk } from '../src/classroom/caption-talk';
import { hasOwnRow, sentenceOf } from '../src/room/classroom/CaptionBar';
import { findLoadedWith } from './source-tree';

const HERE = { hasPeer: true, isMissing: false };
const SPOKEN: CaptionLog = {
  ...EMPTY_LOG,
  theirs: { number: 1, isFinal: false, language: 'es', text: 'hola' },
};
const says = (writing: CaptionTalk['theirs']['writing'], log = EMPTY_LOG, at = HERE) =>
  sentenceOf({ theirs: { isWanted: false, writing }, log }, 'tutor', at);

test('who reads is told why there is nothing to be read', () => {
  expect([says('off'), says('declined'), says('unable'), says('on')]).toEqual([
    'captions.asked.tutor',
    'captions.declined.tutor',
    'captions.unable.tutor',
    'captions.ready.tutor',
  ]);
});

test('words need no explanation', () => {
  expect(says('on', SPOKEN)).toBeNull();
});

test('a channel that is away is told, and nobody is missed who is not there', () => {
  expect(says('on', EMPTY_LOG, { hasPeer: true, isMissing: true })).toBe('tools.missing');
  expect(says('on', EMPTY_LOG, { hasPeer: false, isMissing: true })).toBeNull();
});

test('the own words have a row while something is asked, written or wrong', () => {
  const shown = (['off', 'looking', 'asking', 'installing', 'on', 'declined', 'failed'] as const).filter(
    (state) => hasOwnRow({ state, isAsked: true }),
  );

  expect(shown).toEqual(['asking', 'installing', 'on', 'failed']);
});

test('that the browser cannot is told to who wished it, and not to who was asked', () => {
  expect(hasOwnRow({ state: 'unable', isAsked: false })).toBe(true);
  expect(hasOwnRow({ state: 'unable', isAsked: true })).toBe(false);
});

test('neither the page nor what follows it brings the row', () => {
  for (const start of ['room/Room.tsx', 'room/later.ts']) {
    expect(findLoadedWith(start)).not.toContain('room/classroom/CaptionBar.tsx');
  }
});
