// The bounds of files fit each other, and what the wire can say.

import { expect, test } from 'vitest';
import { CHOSEN_MAX, FILE_BYTES_MAX, FILES_MAX } from '../src/classroom/file-limits';

test('what is chosen at once has a place in an empty list, and the largest file has a length on the wire', () => {
  expect(CHOSEN_MAX).toBeLessThanOrEqual(FILES_MAX);
  expect(FILE_BYTES_MAX).toBe(200 * 1_048_576);
  expect(FILE_BYTES_MAX).toBeLessThan(2 ** 32);
});
