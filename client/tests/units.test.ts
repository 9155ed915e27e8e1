import { expect, test, vi } from 'vitest';
import { sayPercent, sayUnit } from '../src/i18n/units';

vi.stubGlobal('navigator', { languages: ['de'] });

test('a measurement has the unit of the reader’s language', () => {
  expect(sayUnit(1_200, 'millisecond', 'ms')).toBe('1,200 ms');
  expect(sayPercent(2.34)).toBe('2.3%');
});

test('what is not known is not said', () => {
  expect([sayUnit(null, 'millisecond', 'ms'), sayPercent(null)]).toEqual([null, null]);
});

test('a browser that does not know the unit writes its sign', () => {
  expect(sayUnit(7, 'no-such-unit', 'kbit/s')).toBe('7 kbit/s');
});
