import { expect, test } from 'vitest';
import {
  count,
  FrameRefused,
  flag,
  listOf,
  nullable,
  object,
  oneOf,
  text,
  whole,
  withDefault,
} from '../src/base/shapes';

const shape = object({
  name: text,
  times: count,
  balance: whole,
  isOn: flag,
  role: oneOf('student', 'tutor'),
  note: nullable(text),
  hand: withDefault(flag, false),
  tags: listOf(text),
});
const VALUE = { name: 'a', times: 2, balance: -3, isOn: true, role: 'tutor', tags: ['x'] };

test('a value that fits is read, with its defaults and without unknown fields', () => {
  expect(shape({ ...VALUE, newer: 1 }, 'frame')).toEqual({ ...VALUE, note: null, hand: false });
});

test.each([
  [{ ...VALUE, name: 7 }, 'frame.name must be a text'],
  [{ ...VALUE, times: -1 }, 'frame.times must be a whole number'],
  [{ ...VALUE, balance: 0.5 }, 'frame.balance must be a whole number'],
  [{ ...VALUE, isOn: 'yes' }, 'frame.isOn must be true or false'],
  [{ ...VALUE, role: 'guest' }, 'frame.role must be one of student, tutor'],
  [{ ...VALUE, tags: ['x', 1] }, 'frame.tags[1] must be a text'],
  [{ ...VALUE, tags: 'x' }, 'frame.tags must be a list'],
  [[], 'frame must be an object'],
])('%j is refused, and the place is named', (value, message) => {
  expect(() => shape(value, 'frame')).toThrow(new FrameRefused(message));
});
