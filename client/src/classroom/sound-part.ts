// A part of a recording, as a person chooses it, and the recording as a wave. Pure. Integers, ms from its begin.

/** What one press plays. */
export const LAST_MS = 5_000;

/** Less is a click, no sound. */
export const PART_MS_MIN = 200;

export interface SoundPart {
  readonly fromMs: number;
  /** Not part of it. */
  readonly toMs: number;
}

export type Edge = keyof SoundPart;

/** Choose the last seconds of a recording of *lengthMs*. */
export function lastPart(lengthMs: number): SoundPart {
  return { fromMs: Math.max(0, lengthMs - LAST_MS), toMs: lengthMs };
}

/** Choose what lies between two places; a single place is where a part like that of one press begins. */
export function partBetween(oneMs: number, otherMs: number, lengthMs: number): SoundPart {
  const within = (ms: number) => Math.round(Math.max(0, Math.min(lengthMs, ms)));
  const [fromMs, toMs] = [within(Math.min(oneMs, otherMs)), within(Math.max(oneMs, otherMs))];
  if (toMs - fromMs >= PART_MS_MIN) return { fromMs, toMs };
  const begin = Math.min(fromMs, Math.max(0, lengthMs - PART_MS_MIN));
  return { fromMs: begin, toMs: Math.min(lengthMs, begin + LAST_MS) };
}

/** Move one edge of *part* to *ms*, no further than the other edge allows. */
export function moveEdge(part: SoundPart, edge: Edge, ms: number, lengthMs: number): SoundPart {
  if (edge === 'fromMs') {
    return { ...part, fromMs: Math.round(Math.max(0, Math.min(part.toMs - PART_MS_MIN, ms))) };
  }
  return { ...part, toMs: Math.round(Math.min(lengthMs, Math.max(part.fromMs + PART_MS_MIN, ms))) };
}

/** Find the loudest sample of each of *columns* equal spans, from 0 to 1. */
export function peaksOf(samples: Int16Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    let peak = 0;
    for (let index = from; index < to; index += 1) peak = Math.max(peak, Math.abs(samples[index] ?? 0));
    return Math.min(1, peak / 32_767);
  });
}
