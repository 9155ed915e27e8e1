// Finds the features that a call uses and its frame's `allow` leaves out. Pure.

import type { Feature } from '../../base/permissions-policy';
import type { Feature as Part } from '../../theme/theme';

/** The part of the page that uses each feature; null where every call uses it. */
const USED_FOR: Readonly<Record<Feature, Part | null>> = {
  camera: null,
  microphone: null,
  'display-capture': 'screen',
  'speaker-selection': null,
  'screen-wake-lock': null,
  autoplay: null,
  fullscreen: 'full-screen',
  'picture-in-picture': 'picture-in-picture',
  'clipboard-write': null,
};

/** List the features that are used and not allowed. A feature that the browser says nothing of counts as allowed. */
export function findMissingFeatures(
  allows: (feature: Feature) => boolean | null,
  isShown: (part: Part) => boolean,
): Feature[] {
  return (Object.keys(USED_FOR) as Feature[]).filter((feature) => {
    const part = USED_FOR[feature];
    return allows(feature) === false && (part === null || isShown(part));
  });
}
