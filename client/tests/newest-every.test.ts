// Passing on the newest value, not more often than told.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NewestEvery } from '../src/room/classroom/newest-every';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first goes at once, then the newest, and the last is never kept back', () => {
  const passed: number[] = [];
  const newest = new NewestEvery<number>(40, (value) => passed.push(value));

  for (const value of [1, 2, 3]) newest.put(value);
  expect(passed).toEqual([1]);
  vi.advanceTimersByTime(40);
  expect(passed).toEqual([1, 3]);
  vi.advanceTimersByTime(400);
  newest.put(4);

  expect(passed).toEqual([1, 3, 4]);
});
