// How the pictures lie on the stage: chosen by the person, kept for the next lesson where the browser lets us.

import { effect, signal } from '@preact/signals';

export const LAYOUTS = ['speaker', 'side', 'spotlight'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** A corner by the reading direction: `start` is left, and right in Arabic. */
export const CORNERS = ['top-start', 'top-end', 'bottom-start', 'bottom-end'] as const;
export type Corner = (typeof CORNERS)[number];

interface Kept {
  readonly layout: Layout;
  readonly corner: Corner;
}

const KEY = 'langdao:layout';
const BEGIN: Kept = { layout: 'speaker', corner: 'bottom-end' };

const kept = readKept();
export const layout = signal<Layout>(kept.layout);
export const corner = signal<Corner>(kept.corner);

/** For this call only: who hides the own picture today wants to find it tomorrow. */
export const isOwnHidden = signal(false);

effect(() => {
  const value: Kept = { layout: layout.value, corner: corner.value };
  try {
    localStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Forbidden or full: the next lesson begins as the first did.
  }
});

export function chooseNextLayout(): void {
  layout.value = LAYOUTS[(LAYOUTS.indexOf(layout.value) + 1) % LAYOUTS.length] ?? BEGIN.layout;
}

/** Read what was kept; a value of another version, or of somebody's hand, counts as none. */
export function parseKept(text: string | null): Kept {
  try {
    const value = (JSON.parse(text ?? 'null') ?? {}) as Partial<Record<keyof Kept, unknown>>;
    return {
      layout: LAYOUTS.find((name) => name === value.layout) ?? BEGIN.layout,
      corner: CORNERS.find((name) => name === value.corner) ?? BEGIN.corner,
    };
  } catch {
    return BEGIN;
  }
}

function readKept(): Kept {
  try {
    return parseKept(localStorage.getItem(KEY));
  } catch {
    return BEGIN;
  }
}
