// What a person did to a text in a field: one stretch was replaced. Pure. Law: no character outside the Basic Multilingual Plane is cut
// in two, because half of one cannot be sent.

export interface TextChange {
  readonly at: number;
  /** How many UTF-16 code units were taken away. */
  readonly removed: number;
  readonly inserted: string;
}

/** Find the smallest change that makes *after* of *before*. */
export function changeBetween(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (start > 0 && isHigh(before.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  if (end > 0 && isLow(before.charCodeAt(before.length - end))) end -= 1;
  return {
    at: start,
    removed: before.length - start - end,
    inserted: after.slice(start, after.length - end),
  };
}

/** Find where *place* in a text is after *change*; what was inserted just there comes before it. */
export function placeAfter({ at, removed, inserted }: TextChange, place: number): number {
  if (place < at) return place;
  return place >= at + removed ? place - removed + inserted.length : at + inserted.length;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
