// The id of a page: long enough that nobody guesses it, and of the characters that the service takes.

import { expect, test } from 'vitest';
import { makeId } from '../src/call/page-id';

test('an id is 96 bits in hexadecimal, and another one each time', () => {
  const ids = Array.from({ length: 1_000 }, makeId);

  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
  expect(new Set(ids).size).toBe(1_000);
});
