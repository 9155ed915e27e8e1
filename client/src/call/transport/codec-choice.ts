// Chooses the codec of the pictures by what both sides do well. Pure, but for what is kept of an earlier visit.
// In software the first of every browser (VP8) costs least; in hardware the newer ones cost nothing and need less of the line.

import { offersCodec, preferCodec, readEfficient } from './sdp-edit';

/** The newer, the fewer bits for the same picture. */
export const HARDWARE_CODECS = ['AV1', 'VP9', 'H264'] as const;
export type HardwareCodec = (typeof HARDWARE_CODECS)[number];

/** Choose the codec to put first; null leaves the order. *own* and *theirs*: the codecs that are efficient there, null where
 * nobody knows (Firefox, an older page). Hardware on one side is enough for H.264: in software it costs what VP8 does. */
export function chooseCodec(
  own: readonly string[] | null,
  theirs: readonly string[] | null,
  isOffered: (name: string) => boolean,
): HardwareCodec | null {
  if (!own || !theirs) return null;
  const isGood = (name: string) =>
    name === 'H264'
      ? own.includes(name) || theirs.includes(name)
      : own.includes(name) && theirs.includes(name);
  return HARDWARE_CODECS.find((name) => isGood(name) && isOffered(name)) ?? null;
}

/** Sort the codecs of an offer that is to be answered. */
export function sortCodecs(offer: string, own: readonly string[] | null): string {
  const chosen = chooseCodec(own, readEfficient(offer), (name) => offersCodec(offer, name));
  return chosen ? preferCodec(offer, chosen) : offer;
}

const KEY = 'langdao:codecs';

/** Read what an earlier visit with this *browser* found; null before, after an update, or where storage is forbidden. */
export function recallEfficient(browser: string): readonly HardwareCodec[] | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as {
      browser?: unknown;
      codecs?: unknown;
    } | null;
    const { codecs } = kept ?? {};
    if (kept?.browser !== browser || !Array.isArray(codecs)) return null;
    return HARDWARE_CODECS.filter((name) => codecs.includes(name));
  } catch {
    return null;
  }
}

export function keepEfficient(browser: string, codecs: readonly HardwareCodec[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ browser, codecs }));
  } catch {
    // Forbidden or full: asked again the next time.
  }
}
