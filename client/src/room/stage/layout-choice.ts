// What a person chose of the stage, as it is kept for the next lesson. Pure.

import { CORNERS, type Corner } from './corners';

export const LAYOUTS = ['speaker', 'side', 'spotlight'] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Kept {
  readonly layout: Layout;
  readonly corner: Corner;
}

export const BEGIN: Kept = { layout: 'speaker', corner: 'bottom-end' };

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
