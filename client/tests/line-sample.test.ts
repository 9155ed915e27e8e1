import { expect, test } from 'vitest';
import { LineReader } from '../src/call/transport/line-sample';

function report(sent: number, lost: number, more: object = {}) {
  return [
    { type: 'outbound-rtp', kind: 'audio', packetsSent: sent / 2 },
    { type: 'outbound-rtp', kind: 'video', packetsSent: sent / 2 },
    { type: 'remote-inbound-rtp', kind: 'audio', packetsLost: lost, roundTripTime: 0.08 },
    { type: 'candidate-pair', state: 'succeeded', nominated: true, ...more },
    { type: 'candidate-pair', state: 'waiting', nominated: false, availableOutgoingBitrate: 7 },
  ];
}

test('reads the estimate and the round trip of the pair in use', () => {
  const pair = { availableOutgoingBitrate: 500_000, currentRoundTripTime: 0.04 };

  expect(new LineReader().take(report(0, 0, pair))).toEqual({
    availableBps: 500_000,
    loss: null,
    roundTripMs: 40,
  });
});

test('where the pair says nothing, the round trip is that of the media, and there is no estimate', () => {
  expect(new LineReader().take(report(0, 0))).toEqual({ availableBps: null, loss: null, roundTripMs: 80 });
});

test('loss is what was lost of what was sent in the last seconds, not since the beginning', () => {
  const reader = new LineReader();
  const losses = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => reader.take(report(100 * n, n < 2 ? 50 * n : 50)).loss);

  expect(losses[1]).toBe(0.5);
  expect(losses[7]).toBe(0);
});

test('a few lost packets of a silent person are no loss', () => {
  const reader = new LineReader();
  reader.take(report(100, 0));

  expect(reader.take(report(104, 2)).loss).toBeNull();
});

test('late packets may make the count of lost ones smaller: that is no loss below zero', () => {
  const reader = new LineReader();
  reader.take(report(0, 10));

  expect(reader.take(report(200, 5)).loss).toBe(0);
});
