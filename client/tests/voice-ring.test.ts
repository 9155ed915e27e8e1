// The last seconds of a voice: what is kept, in which order, and how much of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEPT_SECONDS, toFloats, VoiceRing } from '../src/classroom/voice-ring';

const block = (...samples: number[]) => Float32Array.from(samples, (sample) => sample / 32_767);
const read = (ring: VoiceRing) => [...ring.read().samples];

test('the newest samples are kept, oldest first, however they come', () => {
  const blocks = fc.array(fc.array(fc.integer({ min: -32_767, max: 32_767 }), { maxLength: 12 }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(blocks, (written) => {
      const ring = new VoiceRing(10, 1);
      for (const samples of written) ring.write([block(...samples)]);

      expect(read(ring)).toEqual(written.flat().slice(-10));
    }),
  );
});

test('two channels are mixed into one, and what is too loud is as loud as can be', () => {
  const ring = new VoiceRing(10, 1);
  ring.write([block(100, 300), block(300, -100)]);
  ring.write([Float32Array.of(3, -3)]);

  expect(read(ring)).toEqual([200, 100, 32_767, -32_767]);
});

test('of a fast sound card’s samples as many are kept as a voice has, whatever the length of a block', () => {
  const ring = new VoiceRing(96_000, 1);
  for (const samples of [[0, 1, 2], [3, 4, 5, 6], [7], [], [8, 9]]) ring.write([block(...samples)]);

  expect(ring.rateHz).toBe(48_000);
  expect(read(ring)).toEqual([0, 2, 4, 6, 8]);
});

test.each([
  [8_000, 8_000],
  [44_100, 44_100],
  [48_000, 48_000],
  [88_100, 88_100],
  [192_000, 48_000],
])('at %d Hz half a minute is kept in at most 5.3 MB', (given, rateHz) => {
  const ring = new VoiceRing(given);
  for (let second = 0; second < KEPT_SECONDS + 2; second += 1) ring.write([new Float32Array(given)]);
  const { samples } = ring.read();

  expect(ring.rateHz).toBe(rateHz);
  expect(samples.length).toBe(KEPT_SECONDS * rateHz);
  expect(samples.byteLength).toBeLessThan(5_300_000);
});

test('what is forgotten is nowhere any more, and what comes then is kept', () => {
  const ring = new VoiceRing(10, 1);
  ring.write([block(1, 2, 3)]);
  const before = ring.read();
  ring.forget();

  expect(read(ring)).toEqual([]);
  expect(Reflect.get(ring, 'samples')).toEqual(new Int16Array(10));
  expect([...before.samples]).toEqual([1, 2, 3]);

  ring.write([block(4)]);

  expect(read(ring)).toEqual([4]);
});

test('no sound is no sample', () => {
  const ring = new VoiceRing(10, 1);
  ring.write([]);

  expect(read(ring)).toEqual([]);
});

test('samples are given back as loud as they came', () => {
  expect([...toFloats(Int16Array.of(0, 32_767, -32_767))]).toEqual([0, 1, -1]);
});
