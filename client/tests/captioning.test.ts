// How a page comes to write: the table, and the law that nothing but a yes or an own wish leads to it.

import { expect, test } from 'vitest';
import {
  CAPTIONING_NEXT,
  type CaptioningEvent,
  type CaptioningState,
  WRITING_OF,
} from '../src/room/classroom/captioning';

const STATES = Object.keys(CAPTIONING_NEXT) as CaptioningState[];

test('only a yes, or a wish that needs none, leads to writing', () => {
  const ways = STATES.flatMap((from) =>
    Object.entries(CAPTIONING_NEXT[from]).flatMap(([event, to]) => (to === 'on' ? [[from, event]] : [])),
  );

  expect(ways).toEqual([
    ['looking', 'ready'],
    ['asking', 'agreed'],
    ['installing', 'agreed'],
  ]);
});

test('everything but rest can be stopped', () => {
  const stop = (state: CaptioningState) => CAPTIONING_NEXT[state]['stopped' satisfies CaptioningEvent];

  for (const state of STATES.filter((each) => each !== 'off')) expect(stop(state)).toBe('off');
});

test('the other page hears of writing only while it is on', () => {
  expect(STATES.filter((state) => WRITING_OF[state] === 'on')).toEqual(['on']);
});
