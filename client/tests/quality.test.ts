import { describe, expect, test } from 'vitest';
import { addSample, Rating, rateQuality, readSample } from '../src/call/transport/quality';

const sample = {
  flow: { audioPackets: 0, videoFrames: 0, bytes: 0 },
  acks: { audio: 0, video: 0, path: 0 },
  received: 0,
  lost: 0,
  roundTripMs: null,
  remoteLoss: 0,
  sendableBps: null,
};

describe('readSample', () => {
  test('reads what Chrome reports', () => {
    const read = readSample([
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 2 },
      { type: 'inbound-rtp', kind: 'video', packetsReceived: 300, packetsLost: 1, framesDecoded: 90 },
      { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.02, roundTripTimeMeasurements: 7 },
      {
        type: 'candidate-pair',
        state: 'succeeded',
        nominated: true,
        currentRoundTripTime: 0.04,
        bytesReceived: 5_000,
        availableOutgoingBitrate: 900_000,
        responsesReceived: 40,
      },
      {
        type: 'candidate-pair',
        state: 'in-progress',
        nominated: false,
        currentRoundTripTime: 9,
        bytesReceived: 7,
      },
    ]);

    expect(read).toEqual({
      flow: { audioPackets: 100, videoFrames: 90, bytes: 5_000 },
      acks: { audio: 7, video: 0, path: 40 },
      received: 400,
      lost: 3,
      roundTripMs: 40,
      remoteLoss: 0.02,
      sendableBps: 900_000,
    });
  });

  test('follows `selected` where there is one: Firefox has nominated pairs that are not in use', () => {
    const read = readSample([
      { type: 'candidate-pair', state: 'succeeded', nominated: true, selected: false, bytesReceived: 1 },
      { type: 'candidate-pair', state: 'succeeded', nominated: true, selected: true, bytesReceived: 2 },
    ]);

    expect(read.flow.bytes).toBe(2);
  });

  test('counts the packets that are confirmed where the reports are not counted, as in Firefox before 106', () => {
    const read = readSample([
      { type: 'remote-inbound-rtp', kind: 'audio', packetsReceived: 90 },
      { type: 'remote-inbound-rtp', kind: 'video', packetsReceived: 300, roundTripTimeMeasurements: 4 },
    ]);

    expect(read.acks).toEqual({ audio: 90, video: 4, path: 0 });
  });

  test('takes the round trip of RTCP where the pair tells none, as in Firefox', () => {
    const read = readSample([
      { type: 'candidate-pair', state: 'succeeded', nominated: true, selected: true, bytesReceived: 2 },
      { type: 'remote-inbound-rtp', fractionLost: 0, roundTripTime: 0.7 },
    ]);

    expect(read.roundTripMs).toBe(700);
  });

  test('a report without anything in it is no number that is not one', () => {
    expect(readSample([{ type: 'inbound-rtp', kind: 'video' }])).toEqual(sample);
  });
});

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

test('what earlier connections had counted counts on', () => {
  const counted = {
    flow: { audioPackets: 1, videoFrames: 2, bytes: 3 },
    acks: { audio: 1, video: 5, path: 9 },
  };

  expect(addSample(counted, null)).toEqual(counted);
  expect(addSample(counted, { ...sample, ...counted })).toEqual({
    flow: { audioPackets: 2, videoFrames: 4, bytes: 6 },
    acks: { audio: 2, video: 10, path: 18 },
  });
});
