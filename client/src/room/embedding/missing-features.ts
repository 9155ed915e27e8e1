// Which features of a frame's `allow` a call misses. PURE.

import type { Feature } from '../../base/permissions-policy';
import type { Feature as Part } from '../../theme/theme';

/** What each is for; null is for every call, however a platform dresses it. */
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

/** List what is used and not allowed; what a browser does not tell is taken as allowed. */
export function findMissingFeatures(
  allows: (feature: Feature) => boolean | null,
  isShown: (part: Part) => boolean,
): Feature[] {
  return (Object.keys(USED_FOR) as Feature[]).filter((feature) => {
    const part = USED_FOR[feature];
    return allows(feature) === false && (part === null || isShown(part));
  });
}
