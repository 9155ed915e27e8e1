import { expect, test } from 'vitest';
import { fingerprintOf, linkState } from '../src/call/transport/rtc-config';

test('r18: without connectionState the state of ICE counts', () => {
  expect(linkState(undefined, 'completed')).toBe('connected');
  expect(linkState(undefined, 'checking')).toBe('connecting');
  expect(linkState(undefined, 'failed')).toBe('failed');
});

test('with it ICE is not asked: it is connected before the keys are exchanged', () => {
  expect(linkState('connecting', 'connected')).toBe('connecting');
});

test('a description tells by its certificate of which connection it is', () => {
  const sdp = (print: string) =>
    `v=0\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 ${print}\r\na=setup:actpass\r\n`;

  expect(fingerprintOf(sdp('AB:CD'))).toBe('sha-256 ab:cd');
  expect(fingerprintOf(sdp('ab:cd'))).toBe(fingerprintOf(sdp('AB:CD')));
  expect(fingerprintOf(sdp('AB:CE'))).not.toBe(fingerprintOf(sdp('AB:CD')));
});

test('a line that is filled with spaces is read once', () => {
  const spaces = ' '.repeat(60_000);

  expect(fingerprintOf(`v=0\r\na=fingerprint:sha-256 AB${spaces}CD${spaces}\r\na=x`)).toBe(
    `sha-256 ab${spaces}cd`,
  );
  expect(fingerprintOf('v=0\na=fingerprint:\na=setup:actpass\n')).toBe('');
});
