import { expect, test } from 'vitest';
import { tuneOf } from '../src/room/side-effects/call-sounds';

const ALONE = { isThere: false, lines: 0 };
const BOTH = { isThere: true, lines: 0 };

test.each([
  [ALONE, BOTH, 'came'],
  [BOTH, ALONE, 'went'],
  [BOTH, { isThere: true, lines: 1 }, 'wrote'],
  [BOTH, BOTH, null],
  [{ isThere: true, lines: 3 }, BOTH, null],
])('from %j to %j the tune is %s', (before, now, tune) => {
  expect(tuneOf(before, now)).toBe(tune);
});
