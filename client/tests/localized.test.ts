import { expect, test } from 'vitest';
import { formatShortDuration } from '../src/i18n/localized';

test.each([
  [0, '0:00'],
  [59, '0:59'],
  [330, '5:30'],
  [3_600, '1:00:00'],
  [36_061, '10:01:01'],
])('%i seconds read %j', (seconds, text) => {
  expect(formatShortDuration(seconds)).toBe(text);
});
