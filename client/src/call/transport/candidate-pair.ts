// Finds the candidate pair that carries the call in a getStats report. Pure.

import type { Stat } from './stat';

/** Find the pair in use. The transport names it (W3C webrtc-stats, `selectedCandidatePairId`); Firefox marks the pair itself.
 * A nominated pair may be one that was in use before. */
export function findPairInUse<T extends Stat>(stats: readonly T[]): T | null {
  const chosen = stats.find(({ type }) => type === 'transport')?.['selectedCandidatePairId'];
  const pairs = stats.filter(({ type }) => type === 'candidate-pair');
  const isUsed = chosen === undefined ? isMarked : ({ id }: T) => id === chosen;
  return pairs.find(isUsed) ?? null;
}

/** Tell whether a pair is in use, as far as the pair itself tells. */
export function isMarked(pair: Stat): boolean {
  return pair['state'] === 'succeeded' && Boolean(pair['selected'] ?? pair['nominated']);
}
