// A call told in frames and clicks, for the tests of what it decides.

import { reduceCall } from '../src/call/reducer';
import { type Action, beginCall, type CallState, type Effect } from '../src/call/state';
import type { Peer, RoomFrame, ServerFrameOf } from '../src/call/transport/wire';

const START = 1_698_234_567_890;
export const NOW = START + 60_000;
export const ADDRESS = '0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1';
export const TUTOR: Peer = {
  role: 'tutor',
  page: 'page-tutor-1',
  address: '0xT',
  name: null,
  audio: true,
  video: true,
  hand: false,
  screen: false,
  videoPaused: false,
  network: 'good',
};

export const WELCOME: ServerFrameOf<'welcome'> = {
  type: 'welcome',
  role: 'student',
  address: ADDRESS,
  name: null,
  epoch: 1,
  resume: 'resume-1',
  session: { id: 's-1', start: START, language: 'es' },
  serverTime: NOW,
  iceServers: [],
  relayOnly: false,
  peer: null,
  chat: [],
  assumed: [],
};

export const ENDED: ServerFrameOf<'session-ended'> = {
  type: 'session-ended',
  endedBy: 'tutor',
  reason: 'ended-by-user',
  totalSeconds: 330,
  billableSeconds: 300,
  cost: null,
  timestamp: START + 330_000,
  statementUrl: null,
  pauses: 0,
};

/** Tells a story: keeps the state, and what the last step asked of the world. */
export class Story {
  state: CallState = beginCall({ role: 'student', address: ADDRESS, name: null, audio: true, video: true });
  effects: readonly Effect[] = [];

  do(action: Action, nowMs = NOW): this {
    [this.state, this.effects] = reduceCall(this.state, action, nowMs);
    return this;
  }

  get(frame: RoomFrame, nowMs = NOW): this {
    return this.do({ type: 'frame', frame }, nowMs);
  }

  kinds(): string[] {
    return this.effects.map(({ kind }) => kind);
  }

  told(): string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'tell-parent' ? [effect.event.type] : []));
  }

  sent(): unknown[] {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.frame] : []));
  }
}

export const waiting = () => new Story().get(WELCOME);
export const joined = (peer: Peer, tookOver = false): RoomFrame => ({
  type: 'peer-joined',
  peer,
  timestamp: NOW,
  tookOver,
});
export const connecting = () => waiting().get(joined(TUTOR));
export const live = () => connecting().do({ type: 'link', state: 'connected' });
