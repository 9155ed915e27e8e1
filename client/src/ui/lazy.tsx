// A part of the page that is loaded after the first picture. A placeholder keeps its place. If loading fails, for example while
// the service is down, the placeholder says so and offers to retry, and it is tried again by itself.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

const AGAIN_MS = 5_000;

interface PlaceProps {
  readonly hasFailed: boolean;
  readonly onRetry: () => void;
}

export interface Lazy<Props extends object = object> {
  /** Load it now; a second call does nothing while it is loading, or loaded. */
  readonly load: () => void;
  readonly View: ComponentType<Props>;
}

export function makeLazy<Props extends object = object>(
  fetch: () => Promise<ComponentType<Props>>,
  Place: ComponentType<PlaceProps>,
): Lazy<Props> {
  // A failure stays on the screen until the part is there, so that nothing flickers with each attempt.
  const loaded = signal<ComponentType<Props> | 'failed' | null>(null);
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
  const View = (props: Props) => {
    const Part = loaded.value;
    if (typeof Part === 'function') return <Part {...props} />;
    if (Part === null) load();
    return <Place hasFailed={Part === 'failed'} onRetry={load} />;
  };
  return { load, View };
}
