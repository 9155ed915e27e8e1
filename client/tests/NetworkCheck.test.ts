// What support gets from a person whose network was checked.

import { beforeEach, expect, test, vi } from 'vitest';
import type { CheckResults } from '../src/call/transport/network-check';
import { reportOf, rowsOf } from '../src/room/lobby/NetworkCheck';

const RESULTS: CheckResults = {
  ways: { stun: 'closed', udp: 'closed', tcp: 'open', tls: 'none' },
  needsRelay: false,
  serviceMs: 31,
  roundTripMs: 48,
  loss: 0.025,
  bandwidthKbps: 2_000,
};

beforeEach(() => void vi.stubGlobal('navigator', { languages: ['en'], userAgent: 'Browser/1' }));

test('every way and every figure has its line', () => {
  expect(rowsOf(RESULTS).map(([, value]) => value)).toEqual([
    ...['closed', 'closed', 'open', 'not offered'],
    ...['31 ms', '48 ms', '2.5%', '≥ 2,000 kb/s'],
  ]);
});

test('what was not measured is a dash', () => {
  const nothing = { serviceMs: null, roundTripMs: null, loss: null, bandwidthKbps: null };

  expect(
    rowsOf({ ...RESULTS, ...nothing })
      .slice(4)
      .map(([, value]) => value),
  ).toEqual(['–', '–', '–', '–']);
});

test('the report says what the person sees, and the same for a machine', () => {
  const report = reportOf(RESULTS, rowsOf(RESULTS)).split('\n');

  expect(report[0]).toBe('Your connection is good for video.');
  expect(report).toContain('Relay by TCP: open');
  expect(JSON.parse(report[report.length - 2] ?? '')).toMatchObject({ verdict: 'good', ...RESULTS });
  expect(report[report.length - 1]).toBe('Browser/1');
});
