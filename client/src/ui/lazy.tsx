// A part of the page that comes after the first picture. Until it is there its place is kept; when it cannot be had,
// the service being down for one, its place says so, one may ask again, and it is asked for again by itself.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

const AGAIN_MS = 5_000;

interface PlaceProps {
  readonly hasFailed: boolean;
  readonly onRetry: () => void;
}

export interface Lazy {
  /** Fetch it now; a second call while it is on its way, or there, does nothing. */
  readonly load: () => void;
  readonly View: ComponentType;
}

export function makeLazy(fetch: () => Promise<ComponentType>, Place: ComponentType<PlaceProps>): Lazy {
  // What has failed is shown as that until it is there: nothing comes and goes with each attempt.
  const loaded = signal<ComponentType | 'failed' | null>(null);
  let isAsked = false;
  const load = () => {
    if (isAsked) return;
    isAsked = true;
    fetch().then(
      (part) => {
        loaded.value = part;
      },
      () => {
        loaded.value = 'failed';
        isAsked = false;
        setTimeout(load, AGAIN_MS);
      },
    );
  };
  const View = () => {
    const Part = loaded.value;
    if (typeof Part === 'function') return <Part />;
    if (Part === null) load();
    return <Place hasFailed={Part === 'failed'} onRetry={load} />;
  };
  return { load, View };
}
