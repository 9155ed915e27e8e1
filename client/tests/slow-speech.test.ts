// Slower speech: longer, at the pitch it had, as loud as it was.

import { describe, expect, test } from 'vitest';
import { fadeEnds, slowDown } from '../src/classroom/slow-speech';
import { shareOf, toneOf } from './spectrum';

const RATE_HZ = 24_000;
const PIECE = RATE_HZ / 4;

const loudnessOf = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

function join(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

describe.each([0.75, 0.5])('at %d of the speed', (speed) => {
  test.each([90, 220, 440, 1_000, 3_100])('a tone of %d Hz keeps its pitch and loudness', (hertz) => {
    const tone = toneOf(hertz, 1, RATE_HZ);

    const slow = slowDown(tone, speed, RATE_HZ);

    expect(slow.length).toBe(Math.round(tone.length / speed));
    // In pieces: over seconds a pitch that is a fiftieth of a semitone off is another tone, which nobody hears.
    for (let from = 0; from + PIECE <= slow.length; from += PIECE) {
      const piece = slow.slice(from, from + PIECE);
      expect(shareOf(piece, hertz, RATE_HZ)).toBeGreaterThan(0.95);
      expect(shareOf(piece, hertz * speed, RATE_HZ)).toBeLessThan(0.02);
    }
    expect(loudnessOf(slow) / loudnessOf(tone)).toBeCloseTo(1, 1);
  });

  test('tones come one after the other, each where it was and as much longer', () => {
    const tones = [300, 500, 700, 900];
    const spoken = join(...tones.map((hertz) => toneOf(hertz, 0.4, RATE_HZ)));

    const slow = slowDown(spoken, speed, RATE_HZ);

    const each = slow.length / tones.length;
    for (const [place, hertz] of tones.entries()) {
      const inside = slow.slice((place + 0.15) * each, (place + 0.85) * each);
      expect(shareOf(inside, hertz, RATE_HZ)).toBeGreaterThan(0.9);
    }
  });

  test('a click in silence stays one click, and silence stays silent', () => {
    const click = new Float32Array(RATE_HZ);
    click.set(toneOf(800, 0.004, RATE_HZ), RATE_HZ / 2);

    const slow = slowDown(click, speed, RATE_HZ);

    const loud = [...slow.keys()].filter((index) => Math.abs(slow[index] ?? 0) > 0.05);
    const apartSeconds = ((loud[loud.length - 1] ?? 0) - (loud[0] ?? 0)) / RATE_HZ;
    expect(loud.length).toBeGreaterThan(0);
    expect(apartSeconds).toBeLessThan(0.03);
    expect(slowDown(new Float32Array(RATE_HZ), speed, RATE_HZ).every((sample) => sample === 0)).toBe(true);
  });
});

test('at full speed, and where there is less than a piece, it is the same sound', () => {
  const [tone, short] = [toneOf(440, 0.5, RATE_HZ), toneOf(440, 0.01, RATE_HZ)];

  expect(slowDown(tone, 1, RATE_HZ)).toEqual(tone);
  expect(slowDown(short, 0.5, RATE_HZ)).toEqual(short);
});

test('a part begins and ends with silence, and is itself in between', () => {
  const part = new Float32Array(1_000).fill(1);

  fadeEnds(part, RATE_HZ);

  expect([part[0], part[999], part[60], part[500], part[120], part[879]]).toEqual([0, 0, 0.5, 1, 1, 1]);
});
