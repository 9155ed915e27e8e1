// The table of the recording, and the laws that hold whatever happens.

import { expect, test } from 'vitest';
import {
  endOf,
  RECORDING_NEXT,
  type RecordingEvent,
  type RecordingState,
  restAfter,
} from '../src/classroom/recording-rules';

const STATES = Object.keys(RECORDING_NEXT) as RecordingState[];
const waysTo = (goal: RecordingState) =>
  STATES.flatMap((from) =>
    Object.entries(RECORDING_NEXT[from]).flatMap(([event, to]) => (to === goal ? [`${from} ${event}`] : [])),
  );

test('only the other’s yes begins a recording, or lets it go on', () => {
  expect(waysTo('recording')).toEqual(['asking they-agree', 'held they-agree']);
});

test('one is recorded only after one’s own yes, which a page that was loaded anew remembers', () => {
  expect(waysTo('recorded')).toEqual(['off they-record', 'asked agree']);
});

test('either ends whatever is recorded, and the file is finished once', () => {
  for (const state of ['recording', 'held'] as const) {
    for (const event of ['stop', 'they-decline'] as const)
      expect(RECORDING_NEXT[state][event]).toBe('stopping');
  }
  for (const event of ['stop', 'they-end'] as const) expect(RECORDING_NEXT.recorded[event]).toBe('off');
  expect(Object.keys(RECORDING_NEXT.stopping)).toEqual(['saved']);
});

test('a person hears how it ended, unless they ended it', () => {
  const ends = (state: RecordingState, ...events: RecordingEvent[]) =>
    events.map((event) => endOf(state, event));

  expect(ends('asking', 'they-decline', 'late', 'stop')).toEqual(['refused', 'unanswered', null]);
  expect(ends('recording', 'they-decline', 'stop')).toEqual(['over', null]);
  expect(ends('held', 'late', 'they-decline')).toEqual(['gone', 'over']);
  expect(ends('recorded', 'they-end', 'late', 'stop')).toEqual(['over', 'over', null]);
  expect(ends('asked', 'they-end', 'late', 'decline')).toEqual([null, null, null]);
});

test('who was asked often is left alone for long, and at last for ten minutes', () => {
  expect([0, 1, 2, 3, 4, 5, 500].map(restAfter)).toEqual([
    0, 5_000, 20_000, 80_000, 320_000, 600_000, 600_000,
  ]);
});
