import { expect, test } from 'vitest';
import { SendControl } from '../src/call/transport/send-control';
import { RUNGS } from '../src/call/transport/send-ladder';

const SPEECH = { isMusic: false, isLowData: false };

test('more pixels are wanted only where all of them would be sent', () => {
  const control = new SendControl(SPEECH, null);
  expect(control.wantsMore).toBe(true);

  control.choose({ ...SPEECH, isLowData: true });
  expect(control.wantsMore).toBe(false);

  control.choose(SPEECH);
  control.limits = RUNGS[1] ?? null;
  expect(control.wantsMore).toBe(false);
});

test('only a choice that descriptions speak of needs a negotiation', () => {
  const control = new SendControl(SPEECH, null);

  expect(control.choose(SPEECH)).toBe(false);
  expect(control.choose({ ...SPEECH, isMusic: true })).toBe(true);
  expect(control.choose({ ...SPEECH, isMusic: true })).toBe(false);
  expect(control.choose(SPEECH)).toBe(true);
});

const SDP = [
  'v=0',
  'm=audio 9 X 111 63',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:63 red/48000/2',
  'm=video 9 X 96 98',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:98 VP9/90000',
  '',
].join('\r\n');

test('two pages that do VP9 well agree on it, whoever offers; with an older page nothing changes', () => {
  const [one, other] = [new SendControl(SPEECH, ['VP9']), new SendControl(SPEECH, ['VP9'])];
  const old = new SendControl(SPEECH, null);

  expect(other.receiveDescription('offer', one.writeDescription(SDP), false)).toContain('m=video 9 X 98 96');
  expect(other.receiveDescription('answer', one.writeDescription(SDP), false)).toContain('m=video 9 X 96 98');
  expect(old.receiveDescription('offer', one.writeDescription(SDP), false)).toContain('m=video 9 X 96 98');
  expect(one.receiveDescription('offer', SDP, false)).toContain('m=video 9 X 96 98');
  expect(old.writeDescription(SDP)).toBe(SDP);
});

test('with the sound of a screen nothing is silence, and nothing is sent twice', () => {
  const control = new SendControl(SPEECH, null);

  expect(control.receiveDescription('answer', SDP, false)).toContain('m=audio 9 X 63 111');
  expect(control.receiveDescription('answer', SDP, false)).toContain('usedtx=1');
  expect(control.receiveDescription('answer', SDP, true)).toContain('m=audio 9 X 111 63');
  expect(control.receiveDescription('answer', SDP, true)).toContain('usedtx=0');
});

test('little data is asked of the other side, too', () => {
  const control = new SendControl({ ...SPEECH, isLowData: true }, null);

  expect(control.writeDescription(SDP)).toContain('c=IN IP4 0.0.0.0\r\nb=AS:750\r\nb=TIAS:750000\r\n');
});
