import { expect, test } from 'vitest';
import {
  CANDIDATES_MAX,
  EARLY_MAX,
  EarlyCandidates,
  fragmentsOf,
} from '../src/call/transport/early-candidates';
import type { Candidate } from '../src/call/transport/wire';

const sdp = (fragment: string) => `v=0\r\na=ice-ufrag:${fragment}\r\na=ice-pwd:x\r\n`;

function candidate(fragment: string | null, port = 9): Candidate {
  const line = `candidate:1 1 udp 1 192.0.2.1 ${port} typ host`;
  return { candidate: line, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: fragment };
}

test('a candidate waits for its description, and is tried once', () => {
  const early = new EarlyCandidates();

  expect(early.receive(candidate('a'))).toBe(false);
  expect(early.apply(sdp('a'))).toEqual([candidate('a')]);
  expect(early.apply(sdp('a'))).toEqual([]);
});

test('one whose description is there is tried at once', () => {
  const early = new EarlyCandidates();
  early.apply(sdp('a'));

  expect(early.receive(candidate('a'))).toBe(true);
});

test('one of the next generation waits for the next description', () => {
  const early = new EarlyCandidates();
  early.apply(sdp('a'));

  expect(early.receive(candidate('b'))).toBe(false);
  expect(early.apply(sdp('b'))).toEqual([candidate('b')]);
});

test('the generation may stand in the candidate itself', () => {
  const early = new EarlyCandidates();
  early.apply(sdp('a'));
  const line = {
    ...candidate(null),
    candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag b network-id 1',
  };

  expect(early.receive(line)).toBe(false);
});

test('one that names no generation belongs to the present one, and waits for the first', () => {
  const early = new EarlyCandidates();

  expect(early.receive(candidate(null))).toBe(false);
  expect(early.apply(sdp('a'))).toEqual([candidate(null)]);
  expect(early.receive(candidate(null))).toBe(true);
});

test('of too many that wait the newest are kept', () => {
  const early = new EarlyCandidates();
  for (let port = 0; port < EARLY_MAX + 10; port += 1) early.receive(candidate('a', port));

  const ready = early.apply(sdp('a'));

  expect(ready[0]).toEqual(candidate('a', 10));
});

test('of too many in one generation the first are tried; the next generation begins anew', () => {
  const early = new EarlyCandidates();
  for (let port = 0; port < 500; port += 1) early.receive(candidate('a', port));

  expect(early.apply(sdp('a'))).toHaveLength(CANDIDATES_MAX);
  expect(early.receive(candidate('a'))).toBe(false);
  early.apply(sdp('b'));
  expect(early.receive(candidate('b'))).toBe(true);
});

test('another connection has no description yet; what came early may be for it', () => {
  const early = new EarlyCandidates();
  early.apply(sdp('a'));
  early.receive(candidate('b'));
  early.clear();

  expect(early.receive(candidate('a'))).toBe(false);
  expect(early.apply(sdp('b'))).toEqual([candidate('b')]);
});

test('a description has the fragments of its lines, each once', () => {
  expect(fragmentsOf(`${sdp('a')}${sdp('b')}${sdp('a')}`)).toEqual(['a', 'b']);
  expect(fragmentsOf('x'.repeat(65_536))).toEqual([]);
});
