// Where one can hear again what was said, and where there is no button for it.

import { afterEach, expect, test, vi } from 'vitest';

const shown = vi.hoisted(() => ({ features: [] as string[] }));
vi.mock('../src/theme/apply-theme', () => ({ isShown: (name: string) => shown.features.includes(name) }));

const { hasAgain } = await import('../src/room/store/again-state');

afterEach(() => vi.unstubAllGlobals());

test.each([
  [['say-again'], { AudioWorkletNode: Object }, true],
  [['chat'], { AudioWorkletNode: Object }, false],
  [['say-again'], {}, false],
])('with the features %j and the browser %j: %s', (features, browser, has) => {
  shown.features = features;
  vi.stubGlobal('self', browser);

  expect(hasAgain()).toBe(has);
});
