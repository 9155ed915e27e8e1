import { expect, test } from 'vitest';
import { findPairInUse } from '../src/call/transport/candidate-pair';
import { LineReader } from '../src/call/transport/line-sample';
import { readSample } from '../src/call/transport/quality';

/** Chromium after a call moved from one route to another: both pairs stay nominated. */
const MOVED = [
  { id: 'T', type: 'transport', selectedCandidatePairId: 'P1' },
  {
    id: 'P1',
    type: 'candidate-pair',
    state: 'succeeded',
    nominated: true,
    availableOutgoingBitrate: 60_000,
    currentRoundTripTime: 0.05,
    bytesReceived: 10,
    responsesReceived: 1,
  },
  {
    id: 'P2',
    type: 'candidate-pair',
    state: 'succeeded',
    nominated: true,
    currentRoundTripTime: 0.9,
    bytesReceived: 500,
    responsesReceived: 4,
  },
];

test('the transport names the pair in use', () => {
  expect(findPairInUse(MOVED)?.id).toBe('P1');
  expect(findPairInUse([...MOVED].reverse())?.id).toBe('P1');
});

test('where there is no transport, the pair itself says that it is in use', () => {
  const pair = { type: 'candidate-pair', state: 'succeeded', nominated: true };
  expect(
    findPairInUse([
      { ...pair, selected: false },
      { ...pair, selected: true },
    ])?.selected,
  ).toBe(true);
  expect(
    findPairInUse([
      { ...pair, state: 'failed' },
      { ...pair, nominated: false },
    ]),
  ).toBeNull();
});

test('after a change of route the line is that of the new one', () => {
  expect(new LineReader().take(MOVED)).toEqual({ availableBps: 60_000, loss: null, roundTripMs: 50 });
});

test('after a change of route the round trip is the new one, and what has arrived does not fall', () => {
  expect(readSample(MOVED)).toMatchObject({
    sendableBps: 60_000,
    roundTripMs: 50,
    flow: { bytes: 510 },
    acks: { path: 5 },
  });
});
