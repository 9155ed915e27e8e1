// Which browsers can blur.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { canBlur } from '../src/retouch/blur-rules';

const NEEDED = ['MediaStreamTrackProcessor', 'MediaStreamTrackGenerator', 'OffscreenCanvas'] as const;

beforeEach(() => {
  vi.stubGlobal('self', globalThis);
  for (const name of NEEDED) vi.stubGlobal(name, class {});
});
afterEach(() => vi.unstubAllGlobals());

test('a browser that has everything can', () => {
  expect(canBlur()).toBe(true);
});

test.each([...NEEDED, 'WebAssembly'] as const)('without %s it cannot', (name) => {
  vi.stubGlobal(name, undefined);

  expect(canBlur()).toBe(false);
});

test('nor without SIMD', () => {
  vi.stubGlobal('WebAssembly', { validate: () => false });

  expect(canBlur()).toBe(false);
});
