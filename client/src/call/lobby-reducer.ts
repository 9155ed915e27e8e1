// Looking in before one joins, as a pure function. Law: who only looks says nothing, neither to the service nor to the
// platform's page: it takes no seat, proves nothing and costs nothing. (That the page itself is there, boot.ts tells.)

import { type CallState, type Effect, EMPTY_LOBBY } from './state';
import type { ServerFrameOf } from './transport/wire';

type Step = readonly [CallState, readonly Effect[]];

export function look(state: CallState): Step {
  return state.session ? [state, []] : [{ ...state, lobby: EMPTY_LOBBY }, []];
}

/** The first answer of a socket brings the servers: candidates are looked for while one looks at oneself. */
export function receiveLobby(state: CallState, frame: ServerFrameOf<'lobby'>, nowMs: number): Step {
  if (!state.lobby) return [state, []];
  const { role, address, name, session, peer, peerLooks, assumed } = frame;
  const next: CallState = {
    ...state,
    socket: 'looking',
    me: { ...state.me, role, address, name },
    lobby: { session, peer, peerLooks },
    clockOffsetMs: frame.serverTime - nowMs,
    assumed,
  };
  const isFirst = state.socket !== 'looking';
  return [next, isFirst ? [{ kind: 'use-servers', servers: frame.iceServers }, { kind: 'gather' }] : []];
}

export function join(state: CallState): Step {
  if (!state.lobby) return [state, []];
  const socket = state.socket === 'looking' ? 'opening' : state.socket;
  return [{ ...state, socket, lobby: null }, [{ kind: 'join' }]];
}

/** Drop what only someone who has joined would say. */
export function keepQuiet([state, effects]: Step): Step {
  if (!state.lobby) return [state, effects];
  const isQuiet = ({ kind }: Effect) => kind !== 'send' && kind !== 'tell-parent';
  return [state, effects.filter(isQuiet)];
}
