// The layout that a person chose, as the browser keeps it for the next session. Pure.

import { CORNERS, type Corner } from './corners';

export const LAYOUTS = ['speaker', 'side', 'spotlight'] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface LayoutChoice {
  readonly layout: Layout;
  readonly corner: Corner;
}

export const DEFAULT_LAYOUT: LayoutChoice = { layout: 'speaker', corner: 'bottom-end' };

/** Read a kept choice; a value of another version, or one that somebody edited, counts as none. */
export function parseLayoutChoice(text: string | null): LayoutChoice {
  try {
    const value = (JSON.parse(text ?? 'null') ?? {}) as Partial<Record<keyof LayoutChoice, unknown>>;
    return {
      layout: LAYOUTS.find((name) => name === value.layout) ?? DEFAULT_LAYOUT.layout,
      corner: CORNERS.find((name) => name === value.corner) ?? DEFAULT_LAYOUT.corner,
    };
  } catch {
    return DEFAULT_LAYOUT;
  }
}
