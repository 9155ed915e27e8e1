// The plain figures of a connection, from reports as Chrome and Firefox write them.

import { expect, test } from 'vitest';
import type { Stat } from '../src/call/transport/stat';
import { compareStats, readStats } from '../src/call/transport/stats-view';

const PAIR = {
  id: 'P1',
  type: 'candidate-pair',
  state: 'succeeded',
  nominated: true,
  currentRoundTripTime: 0.0341,
};
const ENDS = { localCandidateId: 'L1', remoteCandidateId: 'R1' };

function chrome(bytes: number, packets: number, lost: number): Stat[] {
  return [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
    { ...PAIR, currentRoundTripTime: 0.9 },
    { ...PAIR, ...ENDS, id: 'P2' },
    { id: 'L1', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
    { id: 'R1', type: 'remote-candidate', candidateType: 'relay', protocol: 'udp' },
    { id: 'C1', type: 'codec', mimeType: 'video/VP9' },
    { id: 'C2', type: 'codec', mimeType: 'audio/opus' },
    { id: 'C3', type: 'codec', mimeType: 'video/H264' },
    {
      id: 'I1',
      type: 'inbound-rtp',
      kind: 'video',
      codecId: 'C1',
      bytesReceived: bytes,
      packetsReceived: packets,
      packetsLost: lost,
      jitter: 0.0042,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 29.6,
    },
    {
      id: 'O1',
      type: 'outbound-rtp',
      kind: 'audio',
      codecId: 'C2',
      bytesSent: bytes / 10,
      packetsSent: packets,
    },
    { id: 'RI', type: 'remote-inbound-rtp', fractionLost: 0.01 },
  ];
}

test('two reports tell what passed between them', () => {
  const [first, second] = [
    readStats(chrome(10_000, 100, 0), 1_000),
    readStats(chrome(260_000, 480, 20), 3_000),
  ];

  const figures = compareStats(first, second);

  expect(figures).toEqual({
    receivedKbps: 1_000,
    sentKbps: 100,
    lossPercent: 5,
    jitterMs: 4,
    roundTripMs: 34,
    pictureIn: { width: 640, height: 360, framesPerSecond: 30 },
    pictureOut: null,
    codecs: ['VP9', 'opus'],
    route: { isRelayed: true, local: 'host', remote: 'relay', protocol: 'UDP' },
  });
});

test('the first report has no rates yet', () => {
  const figures = compareStats(null, readStats(chrome(10_000, 100, 0), 1_000));

  expect([figures.receivedKbps, figures.sentKbps, figures.roundTripMs]).toEqual([null, null, 34]);
});

test('firefox marks the pair itself', () => {
  const report = [
    { ...PAIR, id: 'P0', selected: false, nominated: true, currentRoundTripTime: 0.5 },
    { ...PAIR, ...ENDS, selected: true },
    { id: 'L1', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
    { id: 'R1', type: 'remote-candidate', candidateType: 'host', protocol: 'udp' },
  ];

  expect(compareStats(null, readStats(report, 0))).toMatchObject({
    roundTripMs: 34,
    route: { isRelayed: false },
  });
});

test('the delay is that of RTCP where the pair tells none', () => {
  const report = [
    { ...ENDS, id: 'P1', type: 'candidate-pair', state: 'succeeded', nominated: true, selected: true },
    { id: 'RI', type: 'remote-inbound-rtp', fractionLost: 0, roundTripTime: 0.0021 },
  ];

  expect(compareStats(null, readStats(report, 0)).roundTripMs).toBe(2);
});

test('what a browser does not tell is not made up', () => {
  expect(compareStats(null, readStats([], 0))).toEqual({
    receivedKbps: null,
    sentKbps: null,
    lossPercent: null,
    jitterMs: null,
    roundTripMs: null,
    pictureIn: null,
    pictureOut: null,
    codecs: [],
    route: null,
  });
});
