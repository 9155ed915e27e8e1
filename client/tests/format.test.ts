import { expect, test } from 'vitest';
import { formatAmount, formatLanguageName, formatNumber, withOwnDigits } from '../src/i18n/format';

test.each([
  ['en', '12,345'],
  ['de', '12.345'],
  ['ar-EG', '١٢٬٣٤٥'],
])('a number in %s is %s', (locale, text) => {
  expect(formatNumber(locale, 12_345)).toBe(text);
});

test.each([
  ['fi', '1:05:30'],
  ['ar-EG', '١:٠٥:٣٠'],
])('a duration in %s is %s', (locale, text) => {
  expect(withOwnDigits(locale, '1:05:30')).toBe(text);
});

test.each([
  ['en', 'USD', 2, '$12.34'],
  ['de', 'EUR', 2, '12,34\u00a0€'],
  ['ja', 'JPY', 0, '¥1,234'],
  ['de', 'USDC', 2, '12,34\u00a0USDC'],
  ['en', 'RSD', 2, 'RSD\u00a012.34'],
  ['de', 'IQD', 3, '1,234\u00a0IQD'],
])('an amount in %s in %s reads %3$s', (locale, currency, decimals, text) => {
  expect(formatAmount(locale, { minor: 1_234, currency, decimals }).replace('￥', '¥')).toBe(text);
});

test('a language has its name in the language of the reader, or none where the browser has no names', () => {
  expect(formatLanguageName('fr', 'de')).toBe('Allemand');
  const names = Object.getOwnPropertyDescriptor(Intl, 'DisplayNames') ?? {};
  Object.defineProperty(Intl, 'DisplayNames', { ...names, value: undefined });
  try {
    expect(formatLanguageName('fr', 'de')).toBeNull();
  } finally {
    Object.defineProperty(Intl, 'DisplayNames', names);
  }
});
