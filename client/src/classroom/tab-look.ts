// To which tab of the panel a person brings the other, and where in it: in bytes. Pure. Law: what the other page sends is one of these
// or nothing.

/** Their codes count from 1. */
const TABS = ['notes', 'vocabulary'] as const;

export interface TabLook {
  readonly tab: (typeof TABS)[number];
  /** Where in the notes, as a caret is written (notes-caret.ts); empty for nowhere in particular. */
  readonly place: Uint8Array;
}

export function writeTabLook({ tab, place }: TabLook): Uint8Array {
  const bytes = new Uint8Array(1 + place.byteLength);
  bytes[0] = TABS.indexOf(tab) + 1;
  bytes.set(place, 1);
  return bytes;
}

/** Read where to look; null for bytes that are none, and for a tab of a later version. */
export function readTabLook(bytes: Uint8Array): TabLook | null {
  const tab = TABS[(bytes[0] ?? 0) - 1];
  return tab ? { tab, place: bytes.slice(1) } : null;
}
