// The worklet with its real model: noise goes, a voice stays, and a model that fails is not hidden.

import { beforeEach, expect, test, vi } from 'vitest';

interface Remover {
  readonly port: { onmessage: (event: { data: unknown }) => void; postMessage: ReturnType<typeof vi.fn> };
  process(
    inputs: readonly (readonly Float32Array[])[],
    outputs: readonly (readonly Float32Array[])[],
  ): boolean;
}

const RATE_HZ = 48_000;
const BLOCK = 128;
let remover: Remover;

beforeEach(async () => {
  vi.resetModules();
  vi.stubGlobal(
    'AudioWorkletProcessor',
    class {
      readonly port = { onmessage: null, postMessage: vi.fn() };
    },
  );
  vi.stubGlobal('registerProcessor', (name: string, Processor: new () => Remover) => {
    expect(name).toBe('noise-remover');
    remover = new Processor();
  });
  await import('../src/retouch/noise-worklet');
});

/** A number from 0 to 1 that is the same in every run. */
function makeChance(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

/** Something like a vowel: the pulses of a voice whose pitch moves, through three resonances, a syllable each third of a second. */
function makeVoice(seconds: number): Float32Array {
  const samples = new Float32Array(seconds * RATE_HZ);
  const resonances = [600, 1_200, 2_500].map((hertz) => ({ hertz, last: 0, before: 0 }));
  let phase = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const second = at / RATE_HZ;
    phase += (130 + 30 * Math.sin(4 * second)) / RATE_HZ;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    let sum = 0;
    for (const each of resonances) {
      const width = Math.exp((-Math.PI * 90) / RATE_HZ);
      const next =
        pulse +
        2 * width * Math.cos((2 * Math.PI * each.hertz) / RATE_HZ) * each.last -
        width * width * each.before;
      each.before = each.last;
      each.last = next;
      sum += next;
    }
    samples[at] = 0.02 * sum * Math.max(0, Math.sin(2 * Math.PI * 1.5 * second));
  }
  return samples;
}

function pass(samples: Float32Array): Float32Array {
  const out = new Float32Array(samples.length);
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK) {
    expect(remover.process([[samples.subarray(at, at + BLOCK)]], [[out.subarray(at, at + BLOCK)]])).toBe(
      true,
    );
  }
  return out;
}

const powerOf = (samples: Float32Array) =>
  samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
const lastHalf = (samples: Float32Array) => samples.subarray(samples.length / 2);

test('it says that it is ready, once its model is there', () => {
  expect(remover.port.postMessage.mock.calls).toEqual([['ready']]);
});

test('of noise less than a ten-thousandth is left', () => {
  const chance = makeChance();
  const noise = Float32Array.from({ length: 2 * RATE_HZ }, () => 0.1 * (chance() - 0.5));

  expect(powerOf(lastHalf(pass(noise)))).toBeLessThan(powerOf(noise) / 10_000);
});

test('of a voice more than half is left', () => {
  const voice = makeVoice(4);

  expect(powerOf(lastHalf(pass(voice)))).toBeGreaterThan(powerOf(lastHalf(voice)) / 2);
});

test('without a microphone it is silent and goes on; closed, it lets the browser take it down', () => {
  const out = new Float32Array(BLOCK).fill(1);

  expect(remover.process([[]], [[out]])).toBe(true);
  expect(powerOf(out)).toBe(0);
  expect(remover.process([], [])).toBe(true);

  remover.port.onmessage({ data: 'close' });

  expect(remover.process([[]], [[out]])).toBe(false);
});

test('a sound that is no number ends the node by an error instead of going on in silence', () => {
  expect(() => pass(new Float32Array(4 * 480).fill(Number.NaN))).toThrow('no number');
});
