import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadPart } from '../src/base/load-part';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a part that the network did not bring is asked for again, more rarely each time', async () => {
  const asked: number[] = [];
  const load = async () => {
    asked.push(Date.now() - startMs);
    if (asked.length < 7) throw new TypeError('Failed to fetch dynamically imported module');
    return 'part';
  };
  const startMs = Date.now();

  const part = loadPart(load);
  await vi.advanceTimersByTimeAsync(600_000);

  expect(await part).toBe('part');
  expect(asked.map((ms) => ms / 1_000)).toEqual([0, 5, 15, 35, 75, 135, 195]);
});
