import { afterEach, expect, test, vi } from 'vitest';
import { allowsFeature } from '../src/base/permissions-policy';

afterEach(() => vi.unstubAllGlobals());

function stubPolicy(name: 'permissionsPolicy' | 'featurePolicy', known: Readonly<Record<string, boolean>>) {
  const policy = { features: () => Object.keys(known), allowsFeature: (feature: string) => known[feature] };
  vi.stubGlobal('document', { [name]: policy });
}

test.each(['permissionsPolicy', 'featurePolicy'] as const)('%s says what a frame may use', (name) => {
  stubPolicy(name, { camera: true, 'display-capture': false });

  expect(allowsFeature('camera')).toBe(true);
  expect(allowsFeature('display-capture')).toBe(false);
  expect(allowsFeature('speaker-selection'), 'unknown to this browser').toBeNull();
});

test('a browser whose policy cannot be asked has said nothing', () => {
  vi.stubGlobal('document', {});

  expect(allowsFeature('camera')).toBeNull();
});
