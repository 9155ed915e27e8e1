import { expect, test } from 'vitest';
import { countOf, numberOf } from '../src/call/transport/stat';

test.each([
  [7, 7, 7],
  [0, 0, 0],
  [undefined, null, 0],
  [Number.NaN, null, 0],
  [Number.POSITIVE_INFINITY, null, 0],
  ['7', null, 0],
])('%j is read as the number %j and as the counter %j', (value, number, count) => {
  expect([numberOf(value), countOf(value)]).toEqual([number, count]);
});
