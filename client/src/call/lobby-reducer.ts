// The lobby as a pure function. Law: a person in the lobby takes no seat, proves nothing and pays nothing, so the page sends
// nothing to the service and tells the platform's page nothing. (boot.ts tells it that the page is ready.)

import { type CallState, type Effect, EMPTY_LOBBY } from './state';
import type { ServerFrameOf } from './transport/wire';

type Step = readonly [CallState, readonly Effect[]];

/** Enter the lobby with these devices *on*; null leaves them as they are. */
export function joinLobby(state: CallState, on: { audio: boolean; video: boolean } | null): Step {
  return state.session ? [state, []] : [{ ...state, lobby: EMPTY_LOBBY, me: { ...state.me, ...on } }, []];
}

/** Candidates belong to one socket. A new socket of the lobby begins without any. */
export function openSocket(state: CallState): Step {
  return [state.lobby ? { ...state, socket: 'opening' } : state, []];
}

/** The first answer of a socket brings the servers: candidates are gathered while the person looks at the own picture. */
export function receiveLobby(state: CallState, frame: ServerFrameOf<'lobby'>, nowMs: number): Step {
  if (!state.lobby) return [state, []];
  const { role, address, name, session, peer, peerLooks, assumed, relayOnly } = frame;
  const next: CallState = {
    ...state,
    socket: 'in-lobby',
    me: { ...state.me, role, address, name },
    lobby: { session, peer, isPeerInLobby: peerLooks },
    clockOffsetMs: frame.serverTime - nowMs,
    assumed,
    relayOnly,
  };
  const isFirst = state.socket !== 'in-lobby';
  return [next, isFirst ? [{ kind: 'use-servers', servers: frame.iceServers }, { kind: 'gather' }] : []];
}

/** Leave the lobby for the call. */
export function joinCall(state: CallState): Step {
  if (!state.lobby) return [state, []];
  const socket = state.socket === 'in-lobby' ? 'opening' : state.socket;
  return [{ ...state, socket, lobby: null }, [{ kind: 'join' }]];
}

/** In the lobby, drop the effects that only a person in the call may have. */
export function dropMessages([state, effects]: Step): Step {
  if (!state.lobby) return [state, effects];
  return [state, effects.filter(({ kind }) => kind !== 'send' && kind !== 'tell-parent')];
}
