import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { receiveError } from '../src/platform/api';
import { formatDuration } from '../src/platform/duration';
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
])('%j has %j decimals', (currency, decimals) => {
  expect(decimalsOf(currency)).toBe(decimals);
});

test.each([
  [0, '0:00'],
  [59, '0:59'],
  [330, '5:30'],
  [3_600, '1:00:00'],
  [36_061, '10:01:01'],
])('%i seconds read %j', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('a refusal says which field it is about, by its code or by the list of fields', () => {
  const byCode = receiveError({ code: 'currency-unknown', message: 'no' }, 400);
  const byList = receiveError(
    { code: 'request-invalid', message: 'two', fields: [{ field: 'language', message: 'too long' }] },
    422,
  );

  expect(byCode).toMatchObject({ code: 'currency-unknown', message: 'no', field: 'currency' });
  expect(byList).toMatchObject({ code: 'request-invalid', message: 'too long', field: 'language' });
});

test.each([null, 'oops', [], { code: 1 }])(
  'an answer that is no refusal of ours (%j) names the status',
  (answer) => {
    expect(receiveError(answer, 502)).toMatchObject({
      code: 'unexpected',
      message: expect.stringContaining('502'),
    });
  },
);

test('the colours of the server’s own pages are those of the client', () => {
  const client = resolve(import.meta.dirname, '..');
  const read = (file: string) => colours(readFileSync(resolve(client, file), 'utf8'));
  const tokens = read('src/style/tokens.css');
  const problem = read('public/problem.css');

  expect(problem.length).toBeGreaterThan(15);
  expect(tokens).toEqual(expect.arrayContaining(problem));
});

/** List `light|dark --name: #colour` of a stylesheet. */
function colours(css: string): string[] {
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const list = (scheme: string, part: string) =>
    [...part.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(
      ([, name, value]) => `${scheme} ${name}: ${value}`,
    );
  return [...list('light', light), ...list('dark', dark)];
}
