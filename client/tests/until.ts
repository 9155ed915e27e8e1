// Wait until something is so. A minute, because one second (the runner's own bound) was too short for a part that loads while every
// other test runs beside it: the bound is there to end a test that waits for nothing, not to measure.

import { vi } from 'vitest';

const WAIT_MS = 60_000;

/** Call *check* until it throws no more, and return what it returns. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, WAIT_MS);
}
