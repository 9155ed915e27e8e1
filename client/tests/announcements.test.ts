// Announcements for a person who hears the page: each piece of news once.

import { expect, test } from 'vitest';
import { beginCall, type CallState } from '../src/call/state';
import type { ServerFrameOf } from '../src/call/transport/wire';
import { findNews } from '../src/room/status/announcements';
import { TUTOR } from './story';

const BILL: ServerFrameOf<'bill'> = {
  type: 'bill',
  state: 'live',
  running: true,
  reason: null,
  billableSeconds: 0,
  cost: null,
  ratePerHour: null,
  serverTime: 0,
  provenAt: 0,
  capAt: null,
  capSeconds: null,
};
const ALONE: CallState = {
  ...beginCall({ role: 'student', address: '0xS', name: null, audio: true, video: true }),
  session: { id: 's', start: 0, language: 'es' },
};
const LIVE: CallState = { ...ALONE, peer: TUTOR, link: 'connected', bill: BILL };

function heard(before: CallState, now: CallState): string[] {
  return findNews(before, now).map(({ who, what }) => (who === null ? what : `${who} ${what}`));
}

test('a peer who comes or goes, and a connection that breaks or returns, are news', () => {
  expect(heard(ALONE, { ...ALONE, peer: TUTOR, link: 'connecting' })).toEqual(['tutor joined']);
  expect(heard(LIVE, { ...LIVE, link: 'reconnecting' })).toEqual(['reconnecting']);
  expect(heard({ ...LIVE, link: 'reconnecting' }, LIVE)).toEqual(['connected']);
  expect(heard(LIVE, { ...LIVE, link: 'interrupted' })).toEqual([]);
  expect(heard({ ...LIVE, link: 'interrupted' }, LIVE)).toEqual([]);
  expect(heard(LIVE, { ...LIVE, peer: null, link: 'none' })).toEqual(['tutor left']);
});

test('a peer who is away for a moment, or gone, is news', () => {
  const away: CallState = { ...LIVE, away: 'lost' };
  const warning = { disconnectedRole: 'tutor', gracePeriodSeconds: 30, deadline: 30_000, cause: 'away' };

  expect(heard(LIVE, away)).toEqual(['tutor away']);
  expect(heard(away, { ...away, warning } as CallState)).toEqual(['tutor gone']);
  expect(heard(LIVE, { ...LIVE, peer: null, warning } as CallState)).toEqual(['tutor left', 'tutor gone']);
});

test('a peer whom the service has not seen yet after a deploy is no news, and one who is lost then is', () => {
  const unseated: CallState = { ...LIVE, away: 'unseated' };

  expect(heard(LIVE, unseated)).toEqual([]);
  expect(heard(unseated, { ...LIVE, away: 'connection-lost' })).toEqual(['tutor away']);
  expect(heard(unseated, LIVE)).toEqual([]);
});

test('switched devices and raised hands are news', () => {
  const changed = { ...TUTOR, audio: false, video: false, hand: true };

  expect(heard(LIVE, { ...LIVE, peer: changed })).toEqual([
    'tutor microphone-off',
    'tutor camera-off',
    'tutor hand-raised',
  ]);
  expect(heard(LIVE, { ...LIVE, me: { ...LIVE.me, audio: false } })).toEqual(['student microphone-off']);
});

test('a peer’s paused picture is news; the own one has a notice instead', () => {
  const paused = { ...TUTOR, videoPaused: true };

  expect(heard(LIVE, { ...LIVE, peer: paused })).toEqual(['tutor picture-paused']);
  expect(heard({ ...LIVE, peer: paused }, LIVE)).toEqual(['tutor picture-back']);
  expect(heard(LIVE, { ...LIVE, me: { ...LIVE.me, videoPaused: true } })).toEqual([]);
});

test('a peer who comes with the camera off has not switched it off', () => {
  const again = { ...TUTOR, page: 'page-tutor-2', video: false };

  expect(heard(LIVE, { ...LIVE, peer: again })).toEqual([]);
});

test('when the bill runs and when it stands still; the first word of a waiting bill is no news', () => {
  const paused = { ...BILL, running: false, state: 'paused', reason: 'alone' };

  expect(heard({ ...LIVE, bill: null }, { ...LIVE, bill: { ...paused, state: 'waiting' } })).toEqual([]);
  expect(heard({ ...LIVE, bill: null }, LIVE)).toEqual(['billing-runs']);
  expect(heard(LIVE, { ...LIVE, bill: { ...BILL, billableSeconds: 10 } })).toEqual([]);
  expect(heard(LIVE, { ...LIVE, bill: paused })).toEqual(['billing-paused']);
});

test('the end has a screen of its own', () => {
  expect(heard(LIVE, { ...ALONE, outcome: { kind: 'moved' } })).toEqual([]);
});
