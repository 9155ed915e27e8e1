// Slower speech at the pitch it had: WSOLA (Verhelst and Roelands, ICASSP 1993), as browsers do it themselves. Pure. Short pieces
// are laid over each other further apart than they were taken; each is taken where it fits best to what was laid before.

/** A piece has several periods of a deep voice, and no more than one sound of speech. */
const PIECE_SECONDS = 0.032;

/** A piece is looked for so far to either side: a period of 50 Hz in all. */
const SEARCH_SECONDS = 0.01;

/** Likeness is looked for in samples this far apart first: speech is alike by its deep tones. */
const COARSE_HZ = 12_000;

/** The ends of a part that is played fade for so long: a cut in the middle of a sound clicks. */
const FADE_SECONDS = 0.005;

/** Lengthen *samples* to 1 / *speed* of their length; *speed* is from 0.25 to 1. The result has the same pitch and rate. */
export function slowDown(samples: Float32Array, speed: number, rateHz: number): Float32Array<ArrayBuffer> {
  const hop = Math.round((PIECE_SECONDS * rateHz) / 2);
  const length = Math.round(samples.length / speed);
  const search = Math.round(SEARCH_SECONDS * rateHz);
  // The last whole piece; what would follow it is there, too.
  const last = samples.length - 2 * hop;
  if (speed === 1 || last < 0) return Float32Array.from(samples);
  const slow = new Float32Array(length + 2 * hop);
  slow.set(samples.subarray(0, hop));
  let from = 0;
  for (let to = 0; to < length; to += hop) {
    if (to > 0) {
      const wanted = Math.min(last, Math.round(to * speed));
      const [low, high] = [Math.max(0, wanted - search), Math.min(last, wanted + search)];
      from = findLikest(samples, from + hop, low, high, hop, rateHz);
    }
    for (let index = 0; index < 2 * hop; index += 1) {
      const isFirstHalf = to === 0 && index < hop;
      // Two halves of this window, one over the other, are 1 everywhere.
      const weight = 0.5 - 0.5 * Math.cos((Math.PI * index) / hop);
      if (!isFirstHalf) slow[to + index] = (slow[to + index] ?? 0) + weight * (samples[from + index] ?? 0);
    }
  }
  return slow.slice(0, length);
}

/** Let *samples* begin and end with silence. Changes them. */
export function fadeEnds(samples: Float32Array, rateHz: number): void {
  const fade = Math.min(Math.floor(samples.length / 2), Math.round(FADE_SECONDS * rateHz));
  for (let index = 0; index < fade; index += 1) {
    const end = samples.length - 1 - index;
    samples[index] = ((samples[index] ?? 0) * index) / fade;
    samples[end] = ((samples[end] ?? 0) * index) / fade;
  }
}

/** Find the place from *low* to *high* at which *samples* are most like what follows *place*: first roughly, then to the sample. */
function findLikest(
  samples: Float32Array,
  place: number,
  low: number,
  high: number,
  length: number,
  rateHz: number,
): number {
  const coarse = Math.max(1, Math.round(rateHz / COARSE_HZ));
  const search = (first: number, end: number, step: number) => {
    let [best, bestLikeness] = [first, Number.NEGATIVE_INFINITY];
    for (let at = first; at <= end; at += step) {
      const likeness = likenessOf(samples, place, at, length, step);
      if (likeness > bestLikeness) [best, bestLikeness] = [at, likeness];
    }
    return best;
  };
  const near = search(low, high, coarse);
  return search(Math.max(low, near - coarse), Math.min(high, near + coarse), 1);
}

/** The correlation of two places of *samples*, without regard to how loud the second is. */
function likenessOf(samples: Float32Array, one: number, other: number, length: number, step: number): number {
  let [product, energy] = [0, 1e-9];
  for (let index = 0; index < length; index += step) {
    const second = samples[other + index] ?? 0;
    product += (samples[one + index] ?? 0) * second;
    energy += second * second;
  }
  return product / Math.sqrt(energy);
}
