import { expect, test } from 'vitest';
import { decimalsOf, receiveAmount } from '../src/platform/money';

test.each([
  ['20', 2, 2_000],
  ['20.5', 2, 2_050],
  ['20,50', 2, 2_050],
  [' 0.07 ', 2, 7],
  ['1.1', 1, 11],
  ['1500', 0, 1_500],
  ['0.000001', 6, 1],
  ['999999999999.99', 2, 99_999_999_999_999],
])('the amount %j with %i decimals is %i smallest units', (text, decimals, minor) => {
  expect(receiveAmount(text, decimals)).toBe(minor);
});

test.each([
  ['', 2],
  ['x', 2],
  ['-1', 2],
  ['1e3', 2],
  ['1.234', 2],
  ['1.5', 0],
  ['1.2.3', 2],
  ['999999999999999', 6],
])('%j with %i decimals is no amount', (text, decimals) => {
  expect(receiveAmount(text, decimals)).toBeNull();
});

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['RSD', 2],
  ['IQD', 3],
  ['CLF', 4],
  ['USDC', 6],
  ['QQQ', null],
  ['usd', null],
  ['', null],
  ['constructor', null],
  ['__proto__', null],
])('%j has %j decimals', (currency, decimals) => {
  expect(decimalsOf(currency)).toBe(decimals);
});
