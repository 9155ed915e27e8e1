// One entry of a getStats report (W3C webrtc-stats), and how its values are read: browsers leave out what they do not measure. Pure.

export interface Stat {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** Read a number; null if the browser does not tell it. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Read a counter; 0 if the browser does not keep it. */
export function countOf(value: unknown): number {
  return numberOf(value) ?? 0;
}
