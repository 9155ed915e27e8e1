import { describe, expect, test } from 'vitest';
import { Rating, rateQuality } from '../src/call/transport/rating';

const sample = {
  flow: { audioPackets: 0, videoFrames: 0, bytes: 0 },
  acks: { audio: 0, video: 0, path: 0 },
  received: 0,
  lost: 0,
  roundTripMs: null,
  remoteLoss: 0,
  sendableBps: null,
};

describe('rateQuality', () => {
  test.each([
    ['excellent', { received: 1_000 }],
    ['excellent', { received: 1_000, lost: 20, roundTripMs: 250 }],
    ['good', { received: 1_000, lost: 60 }],
    ['good', { received: 1_000, roundTripMs: 400 }],
    ['poor', { received: 1_000, lost: 300 }],
    ['poor', { received: 1_000, roundTripMs: 900 }],
    ['poor', { received: 1_000, remoteLoss: 0.2 }],
  ] as const)('%s: %o', (quality, now) => {
    expect(rateQuality(null, { ...sample, ...now }, true)).toBe(quality);
  });

  test('what was lost before the last sample is forgiven', () => {
    const before = { ...sample, received: 1_000, lost: 500 };

    expect(rateQuality(before, { ...before, received: 2_000 }, true)).toBe('excellent');
  });

  test('what stands still has lost nothing, and has stalled when the other sends', () => {
    const before = { ...sample, received: 1_000 };

    expect(rateQuality(before, before, true)).toBe('stalled');
    expect(rateQuality(before, before, false)).toBe('excellent');
    expect(rateQuality(sample, sample, true)).toBe('excellent');
  });
});

describe('Rating', () => {
  const looks = (...received: number[]) => {
    const rating = new Rating();
    return received.map((count) => rating.take({ ...sample, received: count }, true));
  };

  test('one sample without packets is no stop, two are', () => {
    expect(looks(50, 100, 150, 150, 150, 150)).toEqual([
      ...['excellent', 'excellent', 'excellent', 'excellent'],
      ...['stalled', 'stalled'],
    ]);
  });

  test('what arrives again is seen at once', () => {
    expect(looks(50, 100, 100, 100, 101).slice(-2)).toEqual(['stalled', 'excellent']);
  });

  test('nothing has stalled that never came', () => {
    expect(looks(0, 0, 0, 0)).not.toContain('stalled');
  });
});
