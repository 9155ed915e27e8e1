// How strong a tone is in a sound (Goertzel, 1958): an oracle for what is played.

/** The power of *hertz* in *samples*, relative to all of their power: 1 for this tone alone. */
export function shareOf(samples: Float32Array, hertz: number, rateHz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / rateHz);
  let [before, last, energy] = [0, 0, 1e-12];
  for (const sample of samples) {
    [before, last] = [last, sample + turn * last - before];
    energy += sample * sample;
  }
  const power = last * last + before * before - turn * last * before;
  return (2 * power) / (samples.length * energy);
}

/** Make a tone of *seconds*. */
export function toneOf(hertz: number, seconds: number, rateHz: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * hertz * index) / rateHz),
  );
}
