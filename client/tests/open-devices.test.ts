import { expect, test } from 'vitest';
import { problemOf } from '../src/call/media/open-devices';

test.each([
  ['NotAllowedError', 'permission-denied'],
  ['NotFoundError', 'not-found'],
  ['NotSupportedError', 'unsupported'],
  ['NotReadableError', 'in-use'],
  ['OverconstrainedError', 'not-found'],
  ['SomethingNewError', 'unknown'],
  ['constructor', 'unknown'],
])('r15: %s is %s', (name, problem) => {
  expect(problemOf({ name })).toBe(problem);
});

test('r15: what is no error at all is unknown', () => {
  expect([problemOf(null), problemOf('no'), problemOf({ name: 7 })]).toEqual([
    'unknown',
    'unknown',
    'unknown',
  ]);
});
