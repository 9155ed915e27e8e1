// RNNoise by itself: what it needs, and what it refuses.

import { expect, test } from 'vitest';
import { FRAME_SAMPLES, NoiseModel } from '../src/retouch/noise-model';

test('silence stays silence', () => {
  const frame = new Float32Array(FRAME_SAMPLES);
  new NoiseModel().clean(frame);

  expect([...frame].every((sample) => sample === 0)).toBe(true);
});

test('two models remember nothing of each other', () => {
  const [one, other] = [new NoiseModel(), new NoiseModel()];
  const loud = () => Float32Array.from({ length: FRAME_SAMPLES }, (_, at) => Math.sin(at / 20));
  const first = loud();
  one.clean(loud());
  one.clean(loud());
  other.clean(first);
  const alone = loud();
  new NoiseModel().clean(alone);

  expect([...first]).toEqual([...alone]);
});
