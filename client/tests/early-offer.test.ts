// The offer of the inline script, and the call that goes on with it: the other page must notice no difference.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ConnectionPrefetch } from '../src/base/prefetch';
import { offerEarly, prepareConnection } from '../src/call/early-offer';
import { type Chosen, NOTHING_CHOSEN } from '../src/call/media/device-choices';
import { PeerLink } from '../src/call/transport/peer-link';
import { SendControl } from '../src/call/transport/send-control';
import type { ClientFrame } from '../src/call/transport/wire';
import { pass } from './fake-call';
import { FakeNetwork, FakePeerConnection, seeded } from './fake-network';
import { TUTOR, WELCOME } from './story';

const NAMING = { ...WELCOME, peer: TUTOR };

let network: FakeNetwork;

beforeEach(() => {
  vi.useFakeTimers();
  network = new FakeNetwork(seeded(5));
});

afterEach(() => {
  globalThis.langdaoConnection = undefined;
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(frame: object, chosen: Partial<Chosen> = {}) {
  FakePeerConnection.side = 'student';
  const early = prepareConnection();
  globalThis.langdaoConnection = early;
  const sent: ClientFrame[] = [];
  const done = offerEarly(
    early,
    JSON.stringify(frame),
    () => ({ ...NOTHING_CHOSEN, ...chosen }),
    (each) => sent.push(each),
  );
  return { early, sent, done };
}

function makeLink(send: (frame: ClientFrame) => void, isPolite = true): PeerLink {
  let offers = 0;
  return new PeerLink(
    {
      tracks: { audio: null, video: null },
      screen: null,
      sending: new SendControl({ isMusic: false, isLowData: false }, null),
      relayOnly: false,
      isPolite,
      iceServers: [],
      countOffer: () => ++offers,
    },
    {
      send,
      onTrack: () => undefined,
      onState: () => undefined,
      onTheirRestart: () => undefined,
      onNewRoute: () => undefined,
      onChannel: () => undefined,
      log: () => undefined,
    },
  );
}

/** The other page, which answers what is in *sent* and what comes later; returns what takes a frame. */
function answerFrom(link: () => PeerLink) {
  FakePeerConnection.side = 'tutor';
  const other = makeLink((frame) => {
    if (frame.type === 'answer') link().receiveAnswer(frame.sdp, frame.number ?? null);
    else if (frame.type === 'ice') link().receiveCandidate(frame.candidate);
  }, false);
  other.meet('student-page');
  return (frame: ClientFrame) => {
    if (frame.type === 'offer') other.receiveOffer(frame.sdp, frame.number ?? null);
    else if (frame.type === 'ice') other.receiveCandidate(frame.candidate);
  };
}

const typesOf = (frames: readonly ClientFrame[]) => frames.map(({ type }) => type);

test.each(['before the link', 'after the link'])(
  'an offer that goes out %s takes over is made once, and the two meet',
  async (when) => {
    const { sent, done } = begin(NAMING);
    if (when === 'before the link') await pass(200);
    const link = makeLink((frame) => sent.push(frame));
    link.prepareOffer();
    link.meet(TUTOR.page);
    void link.offer();
    await pass(200);
    await done;

    const deliver = answerFrom(() => link);
    for (const frame of sent) deliver(frame);
    await pass(1_000);

    expect(typesOf(sent)).toEqual(['offer', 'ice', 'ice']);
    expect(sent[0]).toMatchObject({ to: TUTOR.page, number: 1 });
    expect(network.connections.map(({ connectionState }) => connectionState)).toEqual([
      'connected',
      'connected',
    ]);
    expect(network.connections.flatMap(({ faults }) => faults)).toEqual([]);
  },
);

test('an answer that came while the scripts ran counts', async () => {
  const { sent } = begin(NAMING);
  await pass(200);
  const link = makeLink((frame) => sent.push(frame));
  link.meet(TUTOR.page);
  void link.offer();

  expect(link.awaits(1)).toBe(true);
});

test('an offer without an answer is repeated, with its number', async () => {
  const { sent } = begin(NAMING);
  await pass(200);
  const link = makeLink((frame) => sent.push(frame));
  link.meet(TUTOR.page);
  void link.offer();
  await pass(4_500);

  expect(sent.filter(({ type }) => type === 'offer')).toMatchObject([{ number: 1 }, { number: 1 }]);
});

test('an offer to a page that has left is sent to the page that came', async () => {
  const { sent } = begin(NAMING);
  await pass(200);
  const link = makeLink((frame) => sent.push(frame));
  link.meet('another page');
  void link.offer();
  await pass(100);

  expect(sent.filter(({ type }) => type === 'offer')).toMatchObject([
    { to: TUTOR.page },
    { to: 'another page' },
  ]);
});

test.each<[string, object, Partial<Chosen>]>([
  ['names nobody', WELCOME, {}],
  ['wants a relay', { ...NAMING, relayOnly: true }, {}],
  ['is no welcome', { type: 'error', code: 'room-full', message: '' }, {}],
  ['names a page that is no text', { ...NAMING, peer: { page: 5 } }, {}],
  ['names no servers', { ...NAMING, iceServers: 'none' }, {}],
  ['comes to a person who hides their address', NAMING, { hidesAddress: true }],
  ['comes to a person who saves data', NAMING, { isLowData: true }],
])('a frame that %s gets no early offer, and the link makes its own', async (_what, frame, chosen) => {
  const { early, sent, done } = begin(frame, chosen);
  await pass(200);
  await done;
  const before = sent.length;
  const link = makeLink((each) => sent.push(each));
  link.meet(TUTOR.page);
  void link.offer();
  await pass(200);

  expect([before, early.sent]).toEqual([0, null]);
  expect(typesOf(sent)).toEqual(['offer', 'ice', 'ice']);
});

test('an early offer that fails is made by the link', async () => {
  const early: ConnectionPrefetch = prepareConnection();
  globalThis.langdaoConnection = early;
  const sent: ClientFrame[] = [];
  await Promise.all([
    pass(200),
    offerEarly(
      early,
      JSON.stringify(NAMING),
      () => NOTHING_CHOSEN,
      () => {
        throw new Error('closed');
      },
    ),
  ]);
  const link = makeLink((frame) => sent.push(frame));
  link.meet(TUTOR.page);
  void link.offer();
  await pass(200);

  expect(sent.filter(({ type }) => type === 'offer')).toHaveLength(1);
});
