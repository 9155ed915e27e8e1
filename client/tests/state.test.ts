import { expect, test } from 'vitest';
import {
  beginCall,
  type CallState,
  EMPTY_LOBBY,
  hasStalled,
  qualityShown,
  signsOf,
  stageOf,
} from '../src/call/state';
import { TUTOR } from './story';

const ME = { role: 'student', address: '', name: null, audio: true, video: true } as const;
const BEGIN = beginCall(ME);
const IN_CALL: CallState = { ...BEGIN, session: { id: 's-1', start: 0, language: 'es' } };

test.each([
  ['joining', BEGIN],
  ['lobby', { ...BEGIN, lobby: EMPTY_LOBBY }],
  ['waiting', IN_CALL],
  ['connecting', { ...IN_CALL, peer: TUTOR, link: 'connecting' }],
  ['live', { ...IN_CALL, peer: TUTOR, link: 'connected' }],
  ['reconnecting', { ...IN_CALL, peer: TUTOR, link: 'reconnecting' }],
  ['moved', { ...IN_CALL, outcome: { kind: 'moved' } }],
] as const)('the stage is %s', (stage, state) => {
  expect(stageOf(state)).toBe(stage);
});

test('a live call is good before it was measured, and poor while nothing arrives', () => {
  expect([qualityShown('disconnected'), qualityShown('stalled'), qualityShown('excellent')]).toEqual([
    'good',
    'poor',
    'excellent',
  ]);
  expect(hasStalled({ ...IN_CALL, quality: 'stalled' })).toBe(true);
  expect(hasStalled(IN_CALL)).toBe(false);
});

test('a hand and a screen that are down are left out of a frame', () => {
  expect(signsOf(BEGIN.me)).toEqual({});
  const signs = { hand: true, screen: true, network: 'weak' } as const;
  expect(signsOf({ ...BEGIN.me, ...signs })).toEqual(signs);
});
