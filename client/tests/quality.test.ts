import { describe, expect, test } from 'vitest';
import { addSample, readSample } from '../src/call/transport/quality';

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
