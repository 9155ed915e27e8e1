import { expect, test } from 'vitest';
import { OwnCandidates } from '../src/call/transport/own-candidates';

const candidate = (address: string, fragment: string | null) => ({
  candidate: `candidate:1 1 udp 2122260223 ${address} 50000 typ host`,
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: fragment,
});
const offer = (fragment: string, ...addresses: string[]) =>
  [`a=ice-ufrag:${fragment}`, ...addresses.map((each) => `a=${candidate(each, null).candidate}`), ''].join(
    '\r\n',
  );

test('candidates wait for their description, and then none does', () => {
  const own = new OwnCandidates();
  own.begin(offer('one'));
  const first = candidate('10.0.0.1', 'one');

  const isReady = own.receive(first);
  const waited = own.release();

  expect([isReady, waited, own.receive(null)]).toEqual([false, [first], true]);
});

test('a candidate after all of its generation is late; one of the next generation is not', () => {
  const own = new OwnCandidates();
  own.begin(offer('one'));
  own.receive(candidate('10.0.0.1', 'one'));
  const before = own.isLate(candidate('10.0.0.2', 'one'));
  own.receive(null);

  expect(before).toBe(false);
  expect(own.isLate(candidate('10.0.0.2', 'one'))).toBe(true);
  expect(own.isLate(candidate('10.0.0.2', 'two'))).toBe(false);
  expect(own.isLate(candidate('10.0.0.2', null))).toBe(false);
});

test('only an address that no earlier generation had is new', () => {
  const own = new OwnCandidates();
  own.begin(offer('one'));
  own.receive(candidate('10.0.0.1', 'one'));
  const atFirst = own.haveNewAddress;
  own.begin(offer('two'));
  const nothing = own.haveNewAddress;
  own.receive(candidate('10.0.0.1', 'two'));
  const same = own.haveNewAddress;
  own.receive(candidate('192.168.1.7', 'two'));

  expect([atFirst, nothing, same, own.haveNewAddress]).toEqual([true, false, false, true]);
});

test('what is in a description when it is taken over counts as found', () => {
  const own = new OwnCandidates();
  own.begin(offer('one', '10.0.0.1'), true);
  own.begin(offer('two'));
  own.receive(candidate('10.0.0.1', 'two'));

  expect(own.haveNewAddress).toBe(false);
  expect(own.isLate(candidate('10.0.0.2', 'one'))).toBe(true);
});

test('a candidate of an earlier generation that comes late makes that no newer', () => {
  const own = new OwnCandidates();
  own.begin(offer('one'));
  own.receive(candidate('10.0.0.1', 'one'));
  own.begin(offer('two'));
  own.receive(candidate('192.168.1.7', 'two'));
  own.receive(candidate('10.0.0.1', 'one'));

  expect(own.haveNewAddress).toBe(true);
});

test('after many generations the addresses of all of them are known', () => {
  const own = new OwnCandidates();
  for (let each = 0; each < 20; each += 1) own.receive(candidate(`10.0.0.${each}`, `g${each}`));
  own.receive(candidate('10.0.0.3', 'last'));
  const known = own.haveNewAddress;
  own.receive(candidate('10.0.1.1', 'last'));

  expect([known, own.haveNewAddress]).toEqual([false, true]);
});
