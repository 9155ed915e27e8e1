import { expect, test, vi } from 'vitest';
import { formatTimer, readClock } from '../src/base/clock';

test.each([
  [0, '00:00'],
  [59, '00:59'],
  [330, '05:30'],
  [3_599, '59:59'],
  [3_930, '1:05:30'],
])('%i seconds read %s (R29)', (seconds, text) => {
  expect(formatTimer(seconds)).toBe(text);
});

test('the page’s clock goes forward evenly, whatever the machine’s is set to', () => {
  const before = readClock();
  vi.setSystemTime(before + 3_600_000);

  const after = readClock();

  vi.useRealTimers();
  expect(after - before).toBeLessThan(60_000);
});
