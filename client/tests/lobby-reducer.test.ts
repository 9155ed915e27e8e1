// The lobby: what is shown before a person joins, and that nothing is sent.

import { describe, expect, test } from 'vitest';
import { reduceCall } from '../src/call/reducer';
import { type Action, beginCall, type CallState, type Effect, stageOf } from '../src/call/state';
import type { ServerFrameOf } from '../src/call/transport/wire';

const NOW = 1_698_234_627_890;
const LOBBY: ServerFrameOf<'lobby'> = {
  type: 'lobby',
  role: 'student',
  address: '0xS',
  name: null,
  session: { id: 's-1', start: NOW - 60_000, language: 'es' },
  serverTime: NOW,
  iceServers: [],
  relayOnly: false,
  peer: null,
  peerLooks: true,
  assumed: [],
};

class Story {
  state: CallState = beginCall({ role: 'student', address: '', name: null, audio: true, video: true });
  effects: readonly Effect[] = [];

  do(...actions: readonly Action[]): this {
    for (const action of actions) [this.state, this.effects] = reduceCall(this.state, action, NOW);
    return this;
  }

  get kinds(): string[] {
    return this.effects.map(({ kind }) => kind);
  }
}

function joinLobby(): Story {
  return new Story().do({ type: 'join-lobby', on: null }, { type: 'frame', frame: LOBBY });
}

describe('in the lobby', () => {
  test('what the token calls the person is known from the service, there and in the call', () => {
    const story = joinLobby();
    expect(story.state.me.name).toBeNull();

    expect(story.do({ type: 'frame', frame: { ...LOBBY, name: 'ana.eth' } }).state.me.name).toBe('ana.eth');
  });

  test('the session and the peer are known, and candidates are gathered', () => {
    const { state, kinds } = joinLobby();

    expect(stageOf(state)).toBe('lobby');
    expect(state.lobby).toEqual({ session: LOBBY.session, peer: null, isPeerInLobby: true });
    expect(kinds).toEqual(['use-servers', 'gather']);
  });

  test('candidates are gathered once a socket', () => {
    const story = joinLobby().do({ type: 'frame', frame: LOBBY });
    expect(story.kinds).toEqual([]);

    story.do({ type: 'socket-lost', isFinal: false }, { type: 'frame', frame: LOBBY });

    expect(story.kinds).toEqual(['use-servers', 'gather']);
  });

  test('a switch is remembered and told to nobody', () => {
    const story = joinLobby().do({ type: 'switch', device: 'video', on: false });

    expect(story.state.me.video).toBe(false);
    expect(story.kinds).toEqual(['switch', 'remember']);
  });

  test('a ping is answered: the socket stays', () => {
    expect(joinLobby().do({ type: 'frame', frame: { type: 'ping', serverTime: NOW } }).effects).toEqual([
      { kind: 'answer-ping', serverTime: NOW },
    ]);
  });

  test('joining asks for the seat once, and what the lobby still says is no news', () => {
    const story = joinLobby().do({ type: 'join' });
    expect(stageOf(story.state)).toBe('joining');
    expect(story.kinds).toEqual(['join']);

    expect(story.do({ type: 'join' }).kinds).toEqual([]);
    expect(story.do({ type: 'frame', frame: LOBBY }).state.lobby).toBeNull();
  });

  test('too long in it is a screen of its own, and everything is let go', () => {
    const error = { type: 'error', code: 'lobby-timeout', message: '', final: true, id: null } as const;
    const story = joinLobby().do({ type: 'frame', frame: error });

    expect(stageOf(story.state)).toBe('refused');
    expect(story.kinds).toContain('stop');
  });
});

test('a new socket begins without candidates, and only the lobby says so', () => {
  const story = joinLobby().do({ type: 'socket-opened' });
  expect(story.state.socket).toBe('opening');
  expect(story.do({ type: 'frame', frame: LOBBY }).kinds).toEqual(['use-servers', 'gather']);

  const { state } = story.do({ type: 'join' }, { type: 'socket-lost', isFinal: false });
  expect(reduceCall(state, { type: 'socket-opened' }, NOW)[0]).toBe(state);
});

test('the lobby opens with the devices as the person left them', () => {
  const { state } = new Story().do({ type: 'join-lobby', on: { audio: false, video: true } });

  expect([state.me.audio, state.me.video]).toEqual([false, true]);
});

test('devices that are being opened show at once, and nobody is told', () => {
  const story = joinLobby().do(
    { type: 'join' },
    { type: 'devices-opened', on: { audio: true, video: false } },
  );

  expect([story.state.me.audio, story.state.me.video]).toEqual([true, false]);
  expect(story.kinds).toEqual([]);
});

test('a page that has joined does not go back to the lobby', () => {
  const state = {
    ...beginCall({ role: 'student', address: '', name: null, audio: true, video: true }),
    session: LOBBY.session,
  };

  expect(reduceCall(state, { type: 'join-lobby', on: null }, NOW)[0]).toBe(state);
});
