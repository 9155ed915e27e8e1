// What the lobby's check tells a person: one story each, as their network answers.

import { describe, expect, test } from 'vitest';
import {
  BANDWIDTH_KBPS_MAX,
  type CheckResults,
  judge,
  medianOf,
  planWays,
  rateOf,
  type Verdict,
  type Way,
} from '../src/call/transport/network-check';

const waysOf = (stun: Way, udp: Way, tcp: Way, tls: Way) => ({ ways: { stun, udp, tcp, tls } });
const FINE: CheckResults = {
  ...waysOf('open', 'open', 'open', 'open'),
  needsRelay: false,
  serviceMs: 40,
  roundTripMs: 50,
  loss: 0,
  bandwidthKbps: BANDWIDTH_KBPS_MAX,
};
const UNMEASURED = { roundTripMs: null, loss: null, bandwidthKbps: null };

describe('judge', () => {
  test.each<[string, Partial<CheckResults>, Verdict]>([
    ['everything is open and quick', {}, 'good'],
    ['only TLS gets out of the office', waysOf('closed', 'closed', 'closed', 'open'), 'good'],
    ['the person saves data', { bandwidthKbps: null }, 'good'],
    ['the service has no relay', { ...waysOf('open', 'none', 'none', 'none'), ...UNMEASURED }, 'likely'],
    ['the relay is down', { ...waysOf('open', 'closed', 'closed', 'closed'), ...UNMEASURED }, 'likely'],
    ['both pages are on one machine', { ...waysOf('none', 'none', 'none', 'none'), ...UNMEASURED }, 'likely'],
    [
      'nothing but web pages gets out',
      { ...waysOf('closed', 'closed', 'closed', 'closed'), ...UNMEASURED },
      'blocked',
    ],
    [
      'no UDP gets out, and there is no relay',
      { ...waysOf('closed', 'none', 'none', 'none'), ...UNMEASURED },
      'blocked',
    ],
    [
      'the person hides their address, and no relay answers',
      { ...waysOf('open', 'closed', 'closed', 'closed'), ...UNMEASURED, needsRelay: true },
      'blocked',
    ],
    [
      'nothing answers',
      { ...waysOf('closed', 'closed', 'none', 'none'), ...UNMEASURED, serviceMs: null },
      'offline',
    ],
    ['only the service does not answer', { serviceMs: null }, 'good'],
    ['the line carries the sound', { bandwidthKbps: 299 }, 'slow'],
    ['the line carries a small picture', { bandwidthKbps: 300 }, 'weak'],
    ['the line loses one packet in ten', { loss: 0.1 }, 'weak'],
    ['the way is long', { roundTripMs: 401 }, 'weak'],
    ['the way to the service is long, and no other is known', { ...UNMEASURED, serviceMs: 900 }, 'weak'],
    ['the service is slow, and the relay is not', { serviceMs: 900 }, 'good'],
  ])('%s', (_story, results, verdict) => {
    expect(judge({ ...FINE, ...results })).toBe(verdict);
  });
});

describe('planWays', () => {
  const login = { username: 'u', credential: 'c' };

  test('takes the first server of each way, and no other of its addresses', () => {
    const plan = planWays([
      { urls: ['stun:a.example', 'stun:b.example'] },
      { urls: ['turn:a.example:3478?transport=udp', 'turn:a.example:3478?transport=tcp'], ...login },
      { urls: ['turns:a.example:443?transport=tcp', 'turns:b.example'], ...login },
    ]);

    expect(plan).toEqual({
      stun: { urls: ['stun:a.example'] },
      udp: { urls: ['turn:a.example:3478?transport=udp'], ...login },
      tcp: { urls: ['turn:a.example:3478?transport=tcp'], ...login },
      tls: { urls: ['turns:a.example:443?transport=tcp'], ...login },
    });
  });

  test('without a transport a relay is asked by UDP, and by TLS over TCP', () => {
    const plan = planWays([
      { urls: 'turn:a.example', ...login },
      { urls: 'turns:a.example', ...login },
    ]);

    expect([plan.udp?.urls, plan.tls?.urls, plan.tcp]).toEqual([
      ['turn:a.example'],
      ['turns:a.example'],
      null,
    ]);
  });

  test('a browser speaks no DTLS to a relay: that is no way', () => {
    expect(planWays([{ urls: 'turns:a.example?transport=udp', ...login }]).tls).toBeNull();
    expect(planWays([])).toEqual({ stun: null, udp: null, tcp: null, tls: null });
  });
});

describe('rateOf', () => {
  const flow = (bytes: number, everyMs: number, ms: number) =>
    Array.from({ length: ms / everyMs }, (_, place) => ({ atMs: 1_000 + place * everyMs, bytes }));

  test('a kilobyte every ten milliseconds is 800 kbit/s', () => {
    expect(rateOf(flow(1_000, 10, 1_200), 1_000)).toBe(800);
  });

  test('the slow beginning is not counted', () => {
    const slow = { atMs: 1_010, bytes: 9_000_000 };

    expect(rateOf([slow, ...flow(1_000, 10, 1_200)], 1_000)).toBe(800);
  });

  test('more than is sent was a burst of what had waited', () => {
    expect(rateOf(flow(100_000, 10, 1_200), 1_000)).toBe(BANDWIDTH_KBPS_MAX);
  });

  test('of one packet, and of none, nothing is known', () => {
    expect(rateOf([], 0)).toBeNull();
    expect(rateOf([{ atMs: 500, bytes: 1_000 }], 0)).toBeNull();
    expect(rateOf(flow(1_000, 10, 200), 1_000)).toBeNull();
  });
});

test('one probe that waited does not change the round trip', () => {
  expect(medianOf([40, 42, 900])).toBe(42);
  expect(medianOf([40.4])).toBe(40);
  expect(medianOf([])).toBeNull();
});
