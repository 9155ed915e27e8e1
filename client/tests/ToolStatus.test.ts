// What the tools say of themselves.

import { expect, test } from 'vitest';
import type { ClassroomStatus } from '../src/classroom/classroom';
import { sentencesOf } from '../src/room/classroom/ToolStatus';

const WELL: ClassroomStatus = { isMissing: false, isFull: false, notices: [], hasListener: false };

test('while all is well nothing is said', () => {
  expect(sentencesOf(WELL, true)).toEqual([]);
});

test('a page that is missing is missed only while its person is in the lesson', () => {
  expect(sentencesOf({ ...WELL, isMissing: true }, true)).toEqual(['tools.missing']);
  expect(sentencesOf({ ...WELL, isMissing: true }, false)).toEqual([]);
});

test('a flood and rubbish are one sentence, and a full document another', () => {
  expect(sentencesOf({ ...WELL, notices: ['flood', 'unreadable', 'full', 'unkept'] }, true)).toEqual([
    'tools.full',
    'tools.unkept',
    'tools.dropped',
  ]);
  expect(sentencesOf({ ...WELL, isFull: true, notices: ['full'] }, true)).toEqual(['tools.full']);
});
