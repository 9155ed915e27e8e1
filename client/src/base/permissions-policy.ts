// What the page around this one allows it to use (Permissions Policy): a frame has a feature only if its `allow` names it.
// Law: a browser's silence is no "no". Chromium answers for each feature; Firefox and Safari tell only by an error.

/** The features of https://www.w3.org/TR/permissions-policy/ that a call uses. */
export type Feature =
  | 'autoplay'
  | 'camera'
  | 'clipboard-write'
  | 'display-capture'
  | 'fullscreen'
  | 'microphone'
  | 'picture-in-picture'
  | 'screen-wake-lock'
  | 'speaker-selection';

interface Policy {
  allowsFeature(name: string): boolean;
  features(): readonly string[];
}

/** Tell whether *feature* may be used here; null where the browser does not say, or does not know the feature. */
export function allowsFeature(feature: Feature): boolean | null {
  const { permissionsPolicy, featurePolicy } = document as {
    readonly permissionsPolicy?: Policy;
    readonly featurePolicy?: Policy;
  };
  const policy = permissionsPolicy ?? featurePolicy;
  return policy?.features().includes(feature) ? policy.allowsFeature(feature) : null;
}

/** Tell whether another page shows this one in a frame. */
export function isFramed(): boolean {
  return globalThis.parent !== globalThis.window;
}
