import { expect, test } from 'vitest';
import { Pacer, type Sent } from '../src/call/transport/pacer';
import { OFF, SMALLEST } from '../src/call/transport/send-ladder';

const ALL: Sent = { hasSound: true, hasPicture: true, isSharing: false, isMusic: false, isLowData: false };

/** Play *seconds* of a line that carries *availableBps*, from *fromMs* on; returns how often the limits changed. */
function play(pacer: Pacer, seconds: number, availableBps: number, sent = ALL, fromMs = 0): number {
  const report = [
    { type: 'candidate-pair', state: 'succeeded', nominated: true, availableOutgoingBitrate: availableBps },
  ] as unknown as RTCStats[];
  let changes = 0;
  for (let second = 1; second <= seconds; second += 1)
    changes += Number(pacer.take(report, sent, fromMs + second * 1_000));
  return changes;
}

test('a good line has no limits', () => {
  const pacer = new Pacer(0);

  expect(play(pacer, 60, 4_000_000)).toBe(0);
  expect(pacer.limits).toBeNull();
});

test('a line that carries only the sound pauses the picture, after the smallest was tried', () => {
  const pacer = new Pacer(0);

  expect(play(pacer, 20, 50_000)).toBe(2);
  expect(pacer.rung).toBe(OFF);
  expect(pacer.limits?.height).toBe(0);
});

test('a picture is never paused where there is no sound', () => {
  const pacer = new Pacer(0);

  play(pacer, 60, 50_000, { ...ALL, hasSound: false });

  expect(pacer.rung).toBe(SMALLEST);
});

test('a camera that is off is not paused, and begins small when it is on again', () => {
  const pacer = new Pacer(0);
  play(pacer, 20, 50_000);

  play(pacer, 1, 50_000, { ...ALL, hasPicture: false }, 20_000);

  expect(pacer.rung).toBe(SMALLEST);
});

test('while nothing is sent but the sound, the picture’s size is not judged', () => {
  const pacer = new Pacer(0);

  expect(play(pacer, 60, 50_000, { ...ALL, hasPicture: false })).toBe(0);
});

test('a choked line gets the smallest picture at once, and larger ones by and by', () => {
  const pacer = new Pacer(0);
  play(pacer, 20, 4_000_000);

  pacer.sendLess(20_000);
  const atOnce = pacer.rung;
  play(pacer, 60, 4_000_000, ALL, 20_000);

  expect([atOnce, pacer.rung]).toEqual([SMALLEST, 0]);
});

test('a new connection keeps the size, but no pause', () => {
  const pacer = new Pacer(0);
  play(pacer, 20, 50_000);

  pacer.beginConnection(20_000);

  expect(pacer.rung).toBe(SMALLEST);
});
