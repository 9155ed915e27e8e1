// Signs and reactions: a hand and a paused picture are told until they are over, a reaction is over when it was shown.

import { expect, test } from 'vitest';
import { reduceCall } from '../src/call/reducer';
import { type Action, beginCall, type CallState, type Effect } from '../src/call/state';
import type { ClientFrame } from '../src/call/transport/wire';
import { TUTOR } from './story';

const BEGUN = beginCall({ role: 'student', address: '0xS', name: null, audio: true, video: true });
const MET: CallState = { ...BEGUN, socket: 'joined', peer: TUTOR, link: 'connected' };

function play(state: CallState, ...actions: readonly Action[]): [CallState, readonly Effect[]] {
  return actions.reduce<[CallState, readonly Effect[]]>(
    ([now], action) => {
      const [next, effects] = reduceCall(now, action, 0);
      return [next, effects];
    },
    [state, []],
  );
}

function sent(effects: readonly Effect[]): ClientFrame[] {
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect.frame] : []));
}

test('a raised hand is told once, and with every later status until it is lowered', () => {
  const [raised, first] = play(MET, { type: 'raise-hand', up: true });
  expect(sent(first)).toEqual([{ type: 'user-status', audio: true, video: true, hand: true }]);
  expect(play(raised, { type: 'raise-hand', up: true })).toEqual([raised, []]);

  const [muted, second] = play(raised, { type: 'switch', device: 'audio', on: false });
  expect(sent(second)).toEqual([{ type: 'user-status', audio: false, video: true, hand: true }]);

  const [, last] = play(muted, { type: 'raise-hand', up: false });
  expect(sent(last)).toEqual([{ type: 'user-status', audio: false, video: true }]);
});

test('the other side’s hand is theirs to lower', () => {
  const status = {
    type: 'user-status',
    role: 'tutor',
    audio: true,
    video: true,
    screen: false,
    videoPaused: false,
    network: 'good',
  } as const;
  const [up] = play(MET, { type: 'frame', frame: { ...status, hand: true } });
  const [down] = play(up, { type: 'frame', frame: { ...status, hand: false } });

  expect([up.peer?.hand, down.peer?.hand]).toEqual([true, false]);
});

test('a reaction is sent as a name, shown when the service passes it on, and kept nowhere', () => {
  const [, asked] = play(MET, { type: 'react', reaction: 'party' });
  expect(sent(asked)).toEqual([{ type: 'reaction', reaction: 'party' }]);

  const frame = { type: 'reaction', role: 'student', reaction: 'party' } as const;
  const [after, shown] = play(MET, { type: 'frame', frame });

  expect(shown).toEqual([{ kind: 'show-reaction', role: 'student', reaction: 'party' }]);
  expect(after).toBe(MET);
});

test('a paused picture is told once, is no switch of the camera, and is over when it is sent again', () => {
  const [paused, first] = play(MET, { type: 'picture', isPaused: true });
  expect(sent(first)).toEqual([{ type: 'user-status', audio: true, video: true, videoPaused: true }]);
  expect(first).toHaveLength(1);
  expect(play(paused, { type: 'picture', isPaused: true })).toEqual([paused, []]);

  const [, off] = play(paused, { type: 'switch', device: 'video', on: false });
  expect(sent(off)).toEqual([{ type: 'user-status', audio: true, video: false }]);

  const [, last] = play(paused, { type: 'picture', isPaused: false });
  expect(sent(last)).toEqual([{ type: 'user-status', audio: true, video: true }]);
});
