import { expect, test } from 'vitest';
import { SendControl, type Sent } from '../src/call/transport/send-control';
import { OFF, SMALLEST } from '../src/call/transport/send-ladder';

const ALL: Sent = { hasSound: true, hasPicture: true, isSharing: false };
const SPEECH = { isMusic: false, isLowData: false };

/** Play *seconds* of a line that carries *availableBps*, from *fromMs* on; returns how often the plan changed. */
function play(control: SendControl, seconds: number, availableBps: number, sent = ALL, fromMs = 0): number {
  const report = [
    { type: 'candidate-pair', state: 'succeeded', nominated: true, availableOutgoingBitrate: availableBps },
  ] as unknown as RTCStats[];
  let changes = 0;
  for (let second = 1; second <= seconds; second += 1)
    changes += Number(control.take(report, sent, fromMs + second * 1_000));
  return changes;
}

test('a line that carries only the sound pauses the picture, after the smallest was tried', () => {
  const control = new SendControl(SPEECH, null, 0);

  expect(play(control, 20, 50_000)).toBe(2);
  expect(control.isPaused).toBe(true);
  expect(control.plan.rung).toBe(OFF);
});

test('a picture is never paused where there is no sound', () => {
  const control = new SendControl(SPEECH, null, 0);

  play(control, 60, 50_000, { ...ALL, hasSound: false });

  expect(control.isPaused).toBe(false);
  expect(control.plan.rung).toBe(SMALLEST);
});

test('a camera that is off is not paused, and begins small when it is on again', () => {
  const control = new SendControl(SPEECH, null, 0);
  play(control, 60, 50_000);

  play(control, 1, 50_000, { ...ALL, hasPicture: false }, 60_000);

  expect(control.isPaused).toBe(false);
  expect(control.plan.rung).toBe(SMALLEST);
});

test('while nothing is sent but the sound, the picture’s size is not judged', () => {
  const control = new SendControl(SPEECH, null, 0);

  expect(play(control, 60, 50_000, { ...ALL, hasPicture: false })).toBe(0);
  expect(control.plan.rung).toBe(0);
});

test('a new connection keeps the size, but no pause', () => {
  const control = new SendControl(SPEECH, null, 0);
  play(control, 60, 50_000);

  control.beginConnection(60_000);

  expect(control.plan.rung).toBe(SMALLEST);
});

test('more pixels are wanted only where all of them would be sent', () => {
  const control = new SendControl(SPEECH, null, 0);
  expect(control.wantsMore).toBe(true);
  control.choose({ ...SPEECH, isLowData: true });
  expect(control.wantsMore).toBe(false);
  control.choose(SPEECH);
  play(control, 60, 300_000);
  expect(control.wantsMore).toBe(false);
});

test('only a choice that descriptions speak of needs a negotiation', () => {
  const control = new SendControl(SPEECH, null, 0);

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
  const [one, other] = [new SendControl(SPEECH, ['VP9'], 0), new SendControl(SPEECH, ['VP9'], 0)];
  const old = new SendControl(SPEECH, null, 0);

  expect(other.receiveDescription('offer', one.writeDescription(SDP), false)).toContain('m=video 9 X 98 96');
  expect(other.receiveDescription('answer', one.writeDescription(SDP), false)).toContain('m=video 9 X 96 98');
  expect(old.receiveDescription('offer', one.writeDescription(SDP), false)).toContain('m=video 9 X 96 98');
  expect(one.receiveDescription('offer', SDP, false)).toContain('m=video 9 X 96 98');
  expect(old.writeDescription(SDP)).toBe(SDP);
});

test('with the sound of a screen nothing is silence, and nothing is sent twice', () => {
  const control = new SendControl(SPEECH, null, 0);

  expect(control.receiveDescription('answer', SDP, false)).toContain('m=audio 9 X 63 111');
  expect(control.receiveDescription('answer', SDP, false)).toContain('usedtx=1');
  expect(control.receiveDescription('answer', SDP, true)).toContain('m=audio 9 X 111 63');
  expect(control.receiveDescription('answer', SDP, true)).toContain('usedtx=0');
});

test('little data is asked of the other side, too', () => {
  const control = new SendControl({ ...SPEECH, isLowData: true }, null, 0);

  expect(control.writeDescription(SDP)).toContain('c=IN IP4 0.0.0.0\r\nb=AS:750\r\nb=TIAS:750000\r\n');
});
