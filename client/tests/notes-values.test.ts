// What the nodes and marks of notes may say.

import { expect, test } from 'vitest';
import { cleanHref, isColour, isLevel } from '../src/classroom/notes-values';

test.each([
  ['https://example.com/a?b=1', 'https://example.com/a?b=1'],
  ['  HTTP://EXAMPLE.com ', 'http://example.com/'],
  ['mailto:ana@example.com', 'mailto:ana@example.com'],
  ['javascript:alert(1)', null],
  ['JaVa\nScRiPt:alert(1)', null],
  ['\u0001javascript:alert(1)', null],
  ['data:text/html,<script>', null],
  ['blob:https://example.com/1', null],
  ['file:///etc/passwd', null],
  ['/only/a/path', null],
  ['https://', null],
  [`https://example.com/${'a'.repeat(2_000)}`, null],
  [null, null],
  [{ href: 'https://example.com' }, null],
])('%s may be opened as %s', (given, href) => {
  expect(cleanHref(given)).toBe(href);
});

test('another page’s levels and colours are none', () => {
  expect([1, 2, 3, 4, 0, '1', null].map(isLevel)).toEqual([true, true, true, false, false, false, false]);
  expect(['yellow', 'green', 'pink', 'red', '', null].map(isColour)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
