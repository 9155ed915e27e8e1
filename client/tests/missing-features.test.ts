import { expect, test } from 'vitest';
import type { Feature } from '../src/base/permissions-policy';
import { findMissingFeatures } from '../src/room/embedding/missing-features';

test('a feature is missing if it is shown, used, and not allowed', () => {
  const answers: Partial<Record<Feature, boolean>> = {
    camera: true,
    'display-capture': false,
    fullscreen: false,
    autoplay: false,
  };
  const allows = (feature: Feature) => answers[feature] ?? null;

  expect(findMissingFeatures(allows, () => true)).toEqual(['display-capture', 'autoplay', 'fullscreen']);
  expect(findMissingFeatures(allows, (part) => part !== 'screen')).toEqual(['autoplay', 'fullscreen']);
  expect(
    findMissingFeatures(
      () => null,
      () => true,
    ),
  ).toEqual([]);
});
