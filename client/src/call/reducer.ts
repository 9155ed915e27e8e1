// The call as a pure function: it takes a state and an action, and returns the next state and its effects. Laws: the service's
// time and money are shown, never computed; the picture outlives the socket.

import { type BillCounter, takeBill } from '../base/bill-counter';
import type { ParentEvent } from '../embed/parent-events';
import { recall, refuseLine, say, sendPending, takeHistory, takeLine } from './chat-reducer';
import { dropMessages, joinCall, joinLobby, openSocket, receiveLobby } from './lobby-reducer';
import {
  type Action,
  type CallState,
  connectionStatus,
  type Effect,
  elapsedSeconds,
  hasPath,
  type Outcome,
  serverTime,
  signsOf,
  stageOf,
} from './state';
import { hasRelay } from './transport/ice-servers';
import type { ClientFrame, Peer, RoomFrame, ServerFrameOf } from './transport/wire';

export type Step = readonly [CallState, readonly Effect[]];

/** A welcome this far behind the best sample comes from a service with another clock, not over a slow network. */
const CLOCK_STEP_MS = 1_000;

/** Take one action at *nowMs* (the page's clock, Unix ms). An action that does not fit changes nothing. */
export function reduceCall(state: CallState, action: Action, nowMs: number): Step {
  const [next, effects] = dropMessages(act(state, action, nowMs));
  const told = next === state ? effects : [...effects, ...tellStatus(state, next, nowMs)];
  return [next, told];
}

function act(state: CallState, action: Action, nowMs: number): Step {
  if (state.outcome && !['frame', 'take-over', 'socket-lost', 'screen', 'recall'].includes(action.type))
    return [state, []];
  switch (action.type) {
    case 'frame':
      return receive(state, action.frame, nowMs);
    case 'socket-lost':
      return [{ ...state, socket: action.isFinal ? 'closed' : 'lost' }, []];
    case 'link':
      return changeLink(state, action.state, nowMs);
    case 'devices':
      return receiveDevices(state, action);
    case 'switch':
      return switchDevice(state, action.device, action.on, nowMs);
    case 'raise-hand': {
      const me = { ...state.me, hand: action.up };
      return state.me.hand === action.up ? [state, []] : [{ ...state, me }, [sendStatus(me)]];
    }
    case 'screen': {
      const me = { ...state.me, screen: action.on };
      return state.me.screen === action.on ? [state, []] : [{ ...state, me }, [sendStatus(me)]];
    }
    case 'picture': {
      const me = { ...state.me, videoPaused: action.isPaused };
      return state.me.videoPaused === action.isPaused ? [state, []] : [{ ...state, me }, [sendStatus(me)]];
    }
    case 'react':
      return [state, [send({ type: 'reaction', reaction: action.reaction })]];
    case 'say':
      return say(state, action.id, action.text, nowMs);
    case 'recall':
      return recall(state, action.chat, action.pending, nowMs);
    case 'decide':
      if (!state.warning) return [state, []];
      return [
        { ...state, decision: action.decision },
        [send({ type: 'grace-decision', decision: action.decision })],
      ];
    case 'quality':
      return [{ ...state, quality: action.quality }, []];
    case 'network': {
      const me = { ...state.me, network: action.own };
      const told = action.own === state.me.network ? [] : [sendStatus(me)];
      return [{ ...state, me, trouble: action.trouble }, told];
    }
    case 'take-over':
      return [{ ...state, outcome: null, socket: 'opening' }, [{ kind: 'take-over' }]];
    case 'join-lobby':
      return joinLobby(state, action.on);
    case 'socket-opened':
      return openSocket(state);
    case 'devices-opened':
      return [{ ...state, me: { ...state.me, ...action.on } }, []];
    case 'join':
      return joinCall(state);
    case 'dismiss-problem':
      return [{ ...state, problem: null }, []];
    case 'end':
      return [{ ...state, isEnding: true }, [send({ type: 'end-session' })]];
  }
}

function receive(state: CallState, frame: RoomFrame, nowMs: number): Step {
  switch (frame.type) {
    case 'lobby':
      return receiveLobby(state, frame, nowMs);
    case 'welcome':
      return welcome(state, frame, nowMs);
    case 'ice-servers':
      return [
        { ...state, hasRelay: hasRelay(frame.iceServers) },
        [{ kind: 'use-servers', servers: frame.iceServers }],
      ];
    case 'peer-joined':
      return joinedBy(state, frame);
    case 'peer-left':
      return losePeer(state, frame);
    case 'offer':
    case 'answer':
    case 'ice':
      return [state, [{ kind: 'signal', frame }]];
    case 'chat':
      return takeLine(state, frame.line, nowMs);
    case 'user-status': {
      if (!state.peer || frame.role !== state.peer.role) return [state, []];
      const { audio, video, hand, screen, network, videoPaused } = frame;
      return [{ ...state, peer: { ...state.peer, audio, video, hand, screen, network, videoPaused } }, []];
    }
    case 'reaction':
      return [state, [{ kind: 'show-reaction', role: frame.role, reaction: frame.reaction }]];
    case 'ping': {
      const clockOffsetMs = offsetOf(state, frame.serverTime, nowMs);
      const ping = { serverTime: frame.serverTime, atMs: nowMs };
      const [next, resent] = sendPending({ ...state, clockOffsetMs, ping }, nowMs);
      return [next, [{ kind: 'answer-ping', serverTime: frame.serverTime }, ...resent]];
    }
    case 'bill': {
      const next = { ...state, clockOffsetMs: offsetOf(state, frame.serverTime, nowMs), bill: frame };
      return [{ ...next, counted: countBill(next, frame, nowMs) }, []];
    }
    case 'connection-warning':
      return [{ ...state, warning: frame, decision: null }, tellNews(state, frame, nowMs)];
    case 'grace-resolved':
      return [{ ...state, warning: null, decision: null }, tellNews(state, frame, nowMs)];
    case 'low-balance':
      return [{ ...state, lowBalanceSeconds: frame.remainingSeconds }, tellNews(state, frame, nowMs)];
    case 'session-ended':
      return finish(state, frame);
    case 'error':
      return receiveError(state, frame, nowMs);
  }
}

// ── Who is there ────────────────────────────────────────────────────────────────────────────────

function welcome(before: CallState, frame: ServerFrameOf<'welcome'>, nowMs: number): Step {
  const isFirst = before.session === null;
  const state: CallState = {
    ...takeHistory(before, frame.chat),
    socket: 'joined',
    outcome: null,
    me: { ...before.me, role: frame.role, address: frame.address, name: frame.name },
    session: frame.session,
    clockOffsetMs: offsetOf(before, frame.serverTime, nowMs, CLOCK_STEP_MS),
    // By the clock so far. With another clock the timer may go back, but the shown bill must not.
    counted: before.counted && countBill(before, before.counted.bill, nowMs),
    assumed: frame.assumed,
    hasRelay: hasRelay(frame.iceServers),
    relayOnly: frame.relayOnly,
    warning: null,
    decision: null,
  };
  const effects: Effect[] = [
    { kind: 'use-servers', servers: frame.iceServers },
    { kind: 'remember', changes: { resume: frame.resume } },
  ];
  if (isFirst) effects.push(tellConnected(state, frame.role, frame.serverTime));
  const [next, met] = frame.peer
    ? seePeer(state, frame.peer, frame.serverTime)
    : seeNobody(state, frame.serverTime);
  const [sent, resent] = sendPending(next, nowMs);
  const ending = next.isEnding ? [send({ type: 'end-session' })] : [];
  return [sent, [...effects, ...met, ...resent, ...ending]];
}

/** The page that finds the other one there makes the offer. If it is the same page as before, the ladder decides. */
function seePeer(before: CallState, peer: Peer, timestamp: number): Step {
  const state = { ...before, away: null };
  return isMet(state, peer)
    ? [{ ...state, peer }, [{ kind: 'renew' }]]
    : meetPeer(state, peer, timestamp, true);
}

/** The other page came, or came back on another socket. */
function joinedBy(before: CallState, frame: ServerFrameOf<'peer-joined'>): Step {
  const { peer, timestamp, tookOver } = frame;
  const state = { ...before, away: null, tookOver };
  return isMet(state, peer)
    ? [{ ...state, peer }, [{ kind: 'repeat-offer' }]]
    : meetPeer(state, peer, timestamp);
}

function isMet(state: CallState, peer: Peer): boolean {
  return state.peer?.page === peer.page && state.link !== 'none';
}

/** The service names nobody: it has restarted, or they left while this page had no socket and heard no `peer-left`. */
function seeNobody(state: CallState, timestamp: number): Step {
  if (state.peer && hasPath(state)) return [{ ...state, away: state.away ?? 'unseated' }, []];
  const told = tellUnheard(state, timestamp);
  return [{ ...state, peer: null, link: 'none', away: null }, [...told, { kind: 'prepare' }]];
}

/** Tell the platform of a peer who is gone, unless a `peer-left` has told it. */
function tellUnheard({ peer, away, session }: CallState, timestamp: number): Effect[] {
  if (!peer || (away !== null && away !== 'unseated')) return [];
  return [tellLeft(session, peer.role, 'connection-lost', timestamp)];
}

function tellLeft(
  session: CallState['session'],
  userRole: Peer['role'],
  reason: string,
  timestamp: number,
): Effect {
  return tell({ type: 'user-disconnected', sessionId: session?.id ?? '', userRole, reason, timestamp });
}

function meetPeer(state: CallState, peer: Peer, timestamp: number, offer = false): Step {
  const next: CallState = { ...state, peer, link: 'connecting', quality: 'disconnected', hasStarted: true };
  const effects: Effect[] = [{ kind: 'meet', page: peer.page, offer }];
  effects.push(tellConnected(next, peer.role, timestamp));
  if (!state.hasStarted) effects.push(...tellStarted(next, timestamp));
  return [next, effects];
}

function losePeer(state: CallState, frame: ServerFrameOf<'peer-left'>): Step {
  if (!state.peer || frame.role !== state.peer.role) return [state, []];
  const told = tellLeft(state.session, frame.role, frame.reason, frame.timestamp);
  // Perhaps only their socket is gone: a moving picture stays (law 7).
  const mayReturn = frame.reason === 'connection-lost' && hasPath(state);
  if (mayReturn) return [{ ...state, away: frame.reason }, [told]];
  return [leavePeer(state), [told, { kind: 'prepare' }]];
}

function leavePeer(state: CallState): CallState {
  return { ...state, peer: null, away: null, link: 'none', quality: 'disconnected', trouble: null };
}

function changeLink(state: CallState, link: CallState['link'], nowMs: number): Step {
  if (!state.peer) return [state, []];
  const next = { ...state, link };
  if (!state.away || hasPath(next)) return [next, []];
  return [leavePeer(state), [...tellUnheard(state, serverTime(state, nowMs)), { kind: 'prepare' }]];
}

// ── The own devices ─────────────────────────────────────────────────────────────────────────────

function receiveDevices(state: CallState, { status }: Action & { type: 'devices' }): Step {
  const { on, missing, problem } = status;
  const me = { ...state.me, audio: on.audio && !missing.audio, video: on.video && !missing.video };
  const changed = me.audio !== state.me.audio || me.video !== state.me.video;
  const effects = changed ? [sendStatus(me)] : [];
  return [{ ...state, me, missing, problem }, effects];
}

function switchDevice(state: CallState, device: 'audio' | 'video', on: boolean, nowMs: number): Step {
  if (state.me[device] === on) return [state, []];
  const me = { ...state.me, [device]: on };
  const [name, off] = device === 'audio' ? ['unmuted', 'muted'] : ['video-enabled', 'video-disabled'];
  const effects: Effect[] = [
    sendStatus(me),
    { kind: 'switch', device, on },
    { kind: 'remember', changes: { [device]: on } },
    tell({
      type: 'user-action',
      action: (on ? name : off) as 'muted',
      sessionId: state.session?.id ?? '',
      userRole: me.role,
      userAddress: me.address,
      timestamp: serverTime(state, nowMs),
    }),
  ];
  return [{ ...state, me }, effects];
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────

function finish(state: CallState, end: ServerFrameOf<'session-ended'>): Step {
  if (state.outcome?.kind === 'ended') return [state, []];
  const event = {
    type: 'session-ended',
    sessionId: (state.session ?? state.lobby?.session)?.id ?? '',
    totalSeconds: end.totalSeconds,
    endedBy: end.endedBy,
    userAddress: state.me.address,
    timestamp: end.timestamp,
  } as const;
  const effects: Effect[] = [{ kind: 'stop' }, { kind: 'remember', changes: { resume: null } }, tell(event)];
  return [close(state, { kind: 'ended', end }), effects];
}

function receiveError(state: CallState, error: ServerFrameOf<'error'>, nowMs: number): Step {
  const { code, message, final, id } = error;
  if (id) return refuseLine(state, id, code, nowMs);
  // The person may take the seat over. The page stops meanwhile, or it would take the seat by itself when it is free.
  if (code === 'seat-open-elsewhere') return [close(state, { kind: 'elsewhere' }), [{ kind: 'stop' }]];
  // The service did not count the answer to a warning: the question is asked again.
  if (code === 'no-grace' || code === 'not-here') return [{ ...state, decision: null }, []];
  if (!final) return [state, []];
  const outcome: Outcome =
    code === 'moved-elsewhere' ? { kind: 'moved' } : { kind: 'refused', code, message };
  return [close(state, outcome), [{ kind: 'stop' }, { kind: 'remember', changes: { resume: null } }]];
}

function close(state: CallState, outcome: Outcome): CallState {
  return { ...leavePeer(state), outcome, lobby: null, warning: null, isEnding: false };
}

// ── Small things ────────────────────────────────────────────────────────────────────────────────

/** The least delayed sample is the truest: a late message never sets the timer back. Only a new socket, which may lead to a
 * service with another clock, may set it back, by *stepMs* or more. */
function offsetOf(state: CallState, serverMs: number, nowMs: number, stepMs = Infinity): number {
  const sample = serverMs - nowMs;
  const best = state.clockOffsetMs ?? sample;
  return best - sample > stepMs ? sample : Math.max(best, sample);
}

function countBill(state: CallState, bill: BillCounter['bill'], nowMs: number): BillCounter {
  return takeBill(state.counted, bill, state.session?.start ?? 0, elapsedSeconds(state, nowMs));
}

function tellConnected(state: CallState, role: Peer['role'], timestamp: number): Effect {
  const sessionId = state.session?.id ?? '';
  return tell({ type: 'user-connected', sessionId, userRole: role, timestamp });
}

type News = ServerFrameOf<'connection-warning' | 'grace-resolved' | 'low-balance'>;

/** Tell the parent page what the service said of the session (R39). */
function tellNews(state: CallState, frame: News, nowMs: number): Effect[] {
  if (!state.session) return [];
  const about = { sessionId: state.session.id, timestamp: serverTime(state, nowMs) };
  switch (frame.type) {
    case 'connection-warning': {
      const { type, disconnectedRole, gracePeriodSeconds, cause, claims } = frame;
      const why = claims && { cause, claims };
      return [tell({ type, disconnectedRole, gracePeriodSeconds, ...why, ...about })];
    }
    case 'grace-resolved':
      return [tell({ type: frame.type, outcome: frame.outcome, ...about })];
    case 'low-balance':
      return [tell({ type: frame.type, remainingSeconds: frame.remainingSeconds, ...about })];
  }
}

function tellStarted({ session, me }: CallState, timestamp: number): Effect[] {
  if (!session) return [];
  const event = {
    type: 'session-started',
    sessionId: session.id,
    participants: ['student', 'tutor'],
    userAddress: me.address,
    language: session.language,
    timestamp,
  } as const;
  return [tell(event)];
}

function tellStatus(before: CallState, now: CallState, nowMs: number): Effect[] {
  if (!now.session || stageOf(now) === 'elsewhere') return [];
  const [old, status] = [connectionStatus(before), connectionStatus(now)];
  const isSame =
    before.session !== null &&
    old.isConnected === status.isConnected &&
    old.participantsCount === status.participantsCount &&
    old.connectionQuality === status.connectionQuality;
  if (isSame) return [];
  const timestamp = serverTime(now, nowMs);
  return [tell({ type: 'connection-status', sessionId: now.session.id, ...status, timestamp })];
}

function tell(event: ParentEvent): Effect {
  return { kind: 'tell-parent', event };
}

function send(frame: ClientFrame): Effect {
  return { kind: 'send', frame };
}

function sendStatus(me: CallState['me']): Effect {
  return send({ type: 'user-status', audio: me.audio, video: me.video, ...signsOf(me) });
}
