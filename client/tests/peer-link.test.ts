// One connection to one page, and what the other page may do to it. Whole calls are told in call-media.test.ts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PeerLink } from '../src/call/transport/peer-link';
import { SendControl } from '../src/call/transport/send-control';
import type { ClientFrame } from '../src/call/transport/wire';
import { areTogether, begin, faults, pass, waitUntilTogether } from './fake-call';
import { FakeNetwork, seeded } from './fake-network';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const OWN = {
  tracks: { audio: null, video: null },
  screen: null,
  sending: new SendControl({ isMusic: false, isLowData: false }, null),
  relayOnly: false,
};

function makeLink(isPolite: boolean, send: (frame: ClientFrame) => void = () => undefined) {
  const heard: string[] = [];
  let offers = 0;
  const link = new PeerLink(
    { ...OWN, isPolite, iceServers: [], countOffer: () => ++offers },
    {
      send,
      onTrack: () => undefined,
      onState: (state) => heard.push(state),
      onTheirRestart: () => heard.push('their-restart'),
      onNewRoute: () => heard.push('new-route'),
      onChannel: () => undefined,
      log: () => undefined,
    },
  );
  return { link, heard };
}

/** Two links whose frames reach each other at once, except while they are held. */
function pair() {
  const network = new FakeNetwork(seeded(7));
  const held: (() => void)[] = [];
  let isHeld = false;
  const deliver = (to: () => PeerLink) => (frame: ClientFrame) => {
    const arrive = () => {
      if (frame.type === 'offer') to().receiveOffer(frame.sdp, frame.number ?? null);
      else if (frame.type === 'answer') to().receiveAnswer(frame.sdp, frame.number ?? null);
      else if (frame.type === 'ice') to().receiveCandidate(frame.candidate);
    };
    if (isHeld) held.push(arrive);
    else arrive();
  };
  const student = makeLink(
    true,
    deliver(() => tutor.link),
  );
  const tutor = makeLink(
    false,
    deliver(() => student.link),
  );
  student.link.meet('tutor');
  tutor.link.meet('student');
  return {
    network,
    student,
    tutor,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const arrive of held.splice(0)) arrive();
    },
  };
}

test('a restart that gave way to an offer without one is made after all', async () => {
  const { network, student, tutor, hold, release } = pair();
  void tutor.link.offer();
  await pass(1_000);
  const [before] = network.connections.map(({ localDescription }) => localDescription?.sdp);

  hold();
  void student.link.offer(true);
  void tutor.link.offer(false);
  await pass(200);
  release();
  await pass(2_000);

  const [after] = network.connections.map(({ localDescription }) => localDescription?.sdp);
  expect(after).not.toBe(before);
  expect(network.connections).toHaveLength(2);
  expect(network.connections.flatMap((each) => each.faults)).toEqual([]);
  expect(network.connections.map(({ connectionState }) => connectionState)).toEqual([
    'connected',
    'connected',
  ]);
});

test('an answered offer that is repeated gets its answer again, and takes no own offer back', async () => {
  const { network, student, tutor, hold, release } = pair();
  void tutor.link.offer();
  await pass(1_000);
  const [ofStudent] = network.connections;
  hold();
  void student.link.offer();
  await pass(200);

  student.link.receiveOffer(ofStudent?.remoteDescription?.sdp ?? '', 1);
  await pass(200);
  const during = ofStudent?.signalingState;
  release();
  await pass(1_000);

  expect([during, ofStudent?.signalingState]).toEqual(['have-local-offer', 'stable']);
  expect(network.connections.flatMap((each) => each.faults)).toEqual([]);
});

test('candidates that come before their description are tried when it is there', async () => {
  const { network, student, tutor, hold, release } = pair();
  hold();
  void tutor.link.offer();
  await pass(200);
  student.link.receiveCandidate({
    candidate: 'candidate:2 1 udp 1 10.0.0.2 9 typ host ufrag early',
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: network.connections[1]?.localDescription?.sdp.match(/ufrag:(\S+)/)?.[1] ?? '',
  });
  await pass(100);
  const before = network.connections[0]?.tried.length;
  release();
  await pass(500);

  expect(before).toBe(0);
  expect(network.connections[0]?.tried[0]).toContain('10.0.0.2');
  expect(network.connections[0]?.faults).toEqual([]);
});

test('an offer that comes right behind an answer, before that is applied, is not in the way of an own one', async () => {
  const { student, tutor, hold, release } = pair();
  void tutor.link.offer();
  await pass(500);
  hold();
  void tutor.link.offer(true);
  await pass(100);
  const before = tutor.link.insists;
  release();
  for (let ms = 0; ms < 200 && tutor.link.insists; ms += 1) await pass(1);
  const { signalingState } = FakeNetwork.current.connections[1] ?? {};

  expect(student.link.insists).toBe(false);
  expect([before, tutor.link.insists, signalingState]).toEqual([true, false, 'have-local-offer']);
});

test('an offer without an answer is repeated, and at once when the other side is back', async () => {
  const sent: ClientFrame[] = [];
  new FakeNetwork(seeded(1));
  const { link } = makeLink(false, (frame) => void sent.push(frame));
  const offers = () => sent.filter(({ type }) => type === 'offer').length;
  link.meet('student');
  void link.offer();
  await pass(1_000);
  const first = offers();
  link.repeatOffer();
  await pass(100);
  const second = offers();
  await pass(4_000);

  expect([first, second, offers()]).toEqual([1, 2, 3]);
  link.close();
});

test('new servers are used by the connection that is there, and so at its next restart', async () => {
  const { network, tutor } = pair();
  void tutor.link.offer();
  await pass(1_000);
  const iceServers = [{ urls: ['turn:turn.example:3478'], username: 'u', credential: 'c' }];

  tutor.link.setIceServers(iceServers);

  expect(network.connections[1]?.configuration.iceServers).toEqual(iceServers);
  expect(network.connections).toHaveLength(2);
});

test('a route that is found after all had been gathered tells of another network', async () => {
  const { network, tutor } = pair();
  void tutor.link.offer();
  await pass(1_000);
  const before = tutor.heard.includes('new-route');
  const [, connection] = network.connections;
  const usernameFragment = connection?.localDescription?.sdp.match(/ufrag:(\S+)/)?.[1];

  connection?.onicecandidate?.({
    candidate: { candidate: 'candidate:9 1 udp 1 10.9.9.9 9 typ host', usernameFragment },
  });

  expect([before, tutor.heard.includes('new-route')]).toEqual([false, true]);
});

const RUBBISH: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['64 KiB of nothing', 'x'.repeat(64 * 1024)],
  ['no connection’s', 'v=0\r\na=ice-ufrag:u\r\n'],
];

test.each(RUBBISH)('a description that is %s changes nothing', async (_, sdp) => {
  const call = await begin();
  const made = call.network.connections.length;

  for (const page of call.pages) {
    page.receive({ type: 'offer', to: page.page, sdp, number: 77 });
    page.receive({ type: 'answer', to: page.page, sdp, number: 77 });
  }
  await pass(20_000);

  expect(areTogether(call)).toBe(true);
  expect(call.network.connections.length).toBe(made);
});

test('candidates that are none, 500 of them and names that nobody resolves change nothing', async () => {
  const call = await begin();
  const line = { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null };
  const texts = ['', 'rubbish', 'candidate:1 1 udp 1 6a3c2c9e-0000-4000-8000-000000000000.local 9 typ host'];
  for (const candidate of [
    ...texts,
    ...Array<string>(500).fill('candidate:1 1 udp 1 192.0.2.1 9 typ host'),
  ]) {
    call.student.receive({ type: 'ice', to: 'page-of-student', candidate: { candidate, ...line } });
  }
  await pass(20_000);
  call.tutor.act(() => call.tutor.media.changeNetwork());
  await pass(2_000);

  expect(areTogether(call)).toBe(true);
  expect(Math.max(...call.network.connections.map(({ tried }) => tried.length))).toBeLessThanOrEqual(110);
  expect(faults(call)).toEqual([]);
});

test('an answer that is rubbish costs one more offer', async () => {
  const call = await begin();
  call.network.place.tutor += 1;
  call.tutor.act(() => call.tutor.media.changeNetwork());
  await pass(40);
  call.tutor.receive({ type: 'answer', to: 'page-of-tutor', sdp: 'rubbish', number: null });

  expect(await waitUntilTogether(call, 20_000)).toBeLessThan(10_000);
});
