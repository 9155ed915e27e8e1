// The tools' channel is in the first offer of every connection, whoever makes it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { prepareConnection } from '../src/call/early-offer';
import { openToolChannel } from '../src/call/transport/tool-channel';
import { begin, pass, waitUntilTogether } from './fake-call';
import { FakeNetwork, FakePeerConnection, seeded } from './fake-network';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('both pages know its number, so that neither announces it', () => {
  new FakeNetwork(seeded(3)).stop();
  const connection = new FakePeerConnection({});
  openToolChannel(connection as unknown as RTCPeerConnection);

  expect(connection.channels).toMatchObject([{ label: 'tools', negotiated: true, id: 0 }]);
});

test('the inline script’s offer has it', async () => {
  const network = new FakeNetwork(seeded(3));
  network.stop();
  const early = prepareConnection();
  await pass(100);

  expect(network.connections[0]?.channels).toEqual([early.channel]);
});

test('each connection of a call has one, and the page has the newest', async () => {
  const call = await begin();
  const heard: unknown[] = [];
  call.student.listeners.add({ onChannel: (channel) => heard.push(channel) });
  const first = call.student.media.channel;

  // Nothing gets through any more: the pages restart, and then begin over.
  const before = call.network.connections.length;
  const wedged = new Set(call.network.connections.map(({ fingerprint }) => fingerprint));
  call.network.isWedged = (fingerprint) => wedged.has(fingerprint);
  await pass(12_000);
  await waitUntilTogether(call, 20_000);

  const { connections } = call.network;
  expect(connections.length).toBeGreaterThan(before);
  expect(connections.map(({ channels }) => channels.length)).toEqual(connections.map(() => 1));
  expect(heard.length).toBeGreaterThan(0);
  expect(heard).not.toContain(first);
  expect(heard[heard.length - 1]).toBe(call.student.media.channel);
  expect(connections.slice(before).map(({ channels }) => channels[0])).toEqual(expect.arrayContaining(heard));
});
