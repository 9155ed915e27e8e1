// A person who hides their address: whatever the browser finds, nothing of it is told.

import { expect, test } from 'vitest';
import { hideAddress } from '../src/call/transport/relay-only';
import type { ClientFrame } from '../src/call/transport/wire';

const RELAY =
  'candidate:3 1 udp 92217342 198.51.100.7 50123 typ relay raddr 203.0.113.9 rport 4711 generation 0';
const HIDDEN = 'candidate:3 1 udp 92217342 198.51.100.7 50123 typ relay raddr 0.0.0.0 rport 9 generation 0';
const HOST = 'candidate:1 1 udp 2122260223 192.168.1.20 50000 typ host generation 0';
const REFLEXIVE = 'candidate:2 1 udp 1686052607 203.0.113.9 4711 typ srflx raddr 192.168.1.20 rport 50000';

function ice(candidate: string): ClientFrame {
  return {
    type: 'ice',
    to: 'page-2',
    candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'u' },
  };
}

test('a relay is told, without the address behind it', () => {
  expect(hideAddress(ice(RELAY))).toEqual(ice(HIDDEN));
  expect(hideAddress(ice(RELAY.replace('203.0.113.9', '2001:db8::9')))).toEqual(
    ice(HIDDEN.replace('0.0.0.0', '::')),
  );
});

test.each([HOST, REFLEXIVE, REFLEXIVE.replace('srflx', 'prflx')])(
  'no other candidate is told: %s',
  (found) => {
    expect(hideAddress(ice(found))).toBeNull();
  },
);

test('the end of the candidates is told', () => {
  const end: ClientFrame = { type: 'ice', to: 'page-2', candidate: null };

  expect(hideAddress(end)).toEqual(end);
  expect(hideAddress(ice(''))).toEqual(ice(''));
});

test.each(['offer', 'answer'] as const)(
  'the %s names no other candidate, and keeps every other line',
  (type) => {
    const sdp = (...candidates: string[]) =>
      ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', ...candidates.map((one) => `a=${one}`), 'a=mid:0', ''].join(
        '\r\n',
      );

    const hidden = hideAddress({ type, to: 'page-2', sdp: sdp(HOST, RELAY, REFLEXIVE), number: 2 });

    expect(hidden).toEqual({ type, to: 'page-2', sdp: sdp(HIDDEN), number: 2 });
  },
);

test('any other frame stays as it is', () => {
  const said: ClientFrame = { type: 'chat', id: 'm-1', text: HOST };

  expect(hideAddress(said)).toBe(said);
});
