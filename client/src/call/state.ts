// The state of a call, its actions and its effects. Types, and questions about a state.

import type { BillCounter } from '../base/bill-counter';
import type { MediaKind } from '../base/media-kind';
import type { ParentEvent, ParentEventMap } from '../embed/parent-events';
import type { Wanted } from './media/device-permissions';
import type { DeviceStatus } from './media/devices';
import type { MediaProblem } from './media/open-devices';
import type { CallQuality, Quality } from './transport/quality';
import type { LinkState } from './transport/rtc-config';
import type {
  ChatLine,
  ClientFrame,
  Peer,
  Reaction,
  Role,
  RoomFrame,
  ServerFrameOf,
  SessionInfo,
} from './transport/wire';

/** The stage of the call, as a person sees it. */
export type Stage =
  | 'lobby'
  | 'joining'
  | 'waiting'
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'elsewhere'
  | 'moved'
  | 'ended'
  | 'refused';

/** Why there is no call any more, or not on this page. */
export type Outcome =
  | { readonly kind: 'ended'; readonly end: ServerFrameOf<'session-ended'> }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface Me {
  readonly role: Role;
  readonly address: string;
  /** The person's name from the token, as the service reads it. Null shows the address. */
  readonly name: string | null;
  /** The own microphone and camera, true while on. */
  readonly audio: boolean;
  readonly video: boolean;
  /** Raised; only its owner lowers it. */
  readonly hand: boolean;
  /** The own screen, true while it is shared. */
  readonly screen: boolean;
}

/** What a person sees of the session before they join. */
export interface Lobby {
  /** Null until the service has answered. */
  readonly session: SessionInfo | null;
  readonly peer: Peer | null;
  readonly isPeerInLobby: boolean;
}

export const EMPTY_LOBBY: Lobby = { session: null, peer: null, isPeerInLobby: false };

export interface PendingLine {
  readonly id: string;
  readonly text: string;
  /** When it was last sent on the present socket, by the page's clock; null before that. */
  readonly sentMs: number | null;
  /** The service's code of refusal: a refused line is not sent again. */
  readonly refused?: string;
}

export interface CallState {
  readonly socket: 'opening' | 'in-lobby' | 'joined' | 'lost' | 'closed';
  /** The direct connection; `reconnecting` is `connecting` after it had been there. */
  readonly link: 'none' | LinkState | 'reconnecting';
  readonly outcome: Outcome | null;
  readonly me: Me;
  /** Not null exactly while the person is in the lobby. */
  readonly lobby: Lobby | null;
  readonly problem: MediaProblem | null;
  readonly missing: Readonly<Record<MediaKind, boolean>>;
  readonly session: SessionInfo | null;
  /** Server time minus this machine's, ms. */
  readonly clockOffsetMs: number | null;
  readonly peer: Peer | null;
  /** The peer's page took their seat over from another page, with a link of that seat. */
  readonly tookOver: boolean;
  /** Why the peer's socket is gone while their picture may still be here; null while they are connected. */
  readonly away: string | null;
  readonly chat: readonly ChatLine[];
  readonly pending: readonly PendingLine[];
  readonly bill: ServerFrameOf<'bill'> | null;
  /** The figures that are shown until the next bill. */
  readonly counted: BillCounter | null;
  readonly warning: ServerFrameOf<'connection-warning'> | null;
  readonly decision: 'wait' | 'end' | null;
  /** Prepaid seconds that were left when the service last gave notice; null before the first notice. */
  readonly lowBalanceSeconds: number | null;
  readonly assumed: readonly string[];
  /** The link hides the own address: only relays may connect the two. */
  readonly relayOnly: boolean;
  readonly quality: CallQuality;
  readonly hasStarted: boolean;
  readonly isEnding: boolean;
}

export type Action =
  | { readonly type: 'frame'; readonly frame: RoomFrame }
  | { readonly type: 'socket-lost'; readonly isFinal: boolean }
  | { readonly type: 'link'; readonly state: LinkState }
  | {
      readonly type: 'devices';
      readonly status: DeviceStatus;
    }
  | { readonly type: 'switch'; readonly device: MediaKind; readonly on: boolean }
  | { readonly type: 'screen'; readonly on: boolean }
  | { readonly type: 'raise-hand'; readonly up: boolean }
  | { readonly type: 'react'; readonly reaction: Reaction }
  | { readonly type: 'say'; readonly id: string; readonly text: string }
  | {
      readonly type: 'recall';
      readonly chat: readonly ChatLine[];
      readonly pending: readonly PendingLine[];
    }
  | { readonly type: 'decide'; readonly decision: 'wait' | 'end' }
  | { readonly type: 'quality'; readonly quality: CallQuality }
  | { readonly type: 'take-over' }
  /** Enter the lobby; `join` leaves it for the call. *on* is null where the devices have reported themselves. */
  | { readonly type: 'join-lobby'; readonly on: Wanted | null }
  | { readonly type: 'join' }
  | { readonly type: 'socket-opened' }
  /** The own devices are being opened, these of them switched on. */
  | { readonly type: 'devices-opened'; readonly on: Wanted }
  | { readonly type: 'dismiss-problem' }
  | { readonly type: 'end' };

export type Effect =
  | { readonly kind: 'send'; readonly frame: ClientFrame }
  | { readonly kind: 'answer-ping'; readonly serverTime: number }
  | { readonly kind: 'use-servers'; readonly servers: ServerFrameOf<'welcome'>['iceServers'] }
  /** Gather candidates for the first offer, before the peer is there. */
  | { readonly kind: 'gather' }
  | { readonly kind: 'join' }
  /** The peer is not there: be ready to answer an offer. */
  | { readonly kind: 'prepare' }
  | { readonly kind: 'meet'; readonly page: string; readonly offer: boolean }
  | { readonly kind: 'renew' }
  | { readonly kind: 'signal'; readonly frame: ServerFrameOf<'offer' | 'answer' | 'ice'> }
  | { readonly kind: 'switch'; readonly device: MediaKind; readonly on: boolean }
  | {
      readonly kind: 'remember';
      readonly changes: { resume?: string | null; audio?: boolean; video?: boolean };
    }
  | { readonly kind: 'show-reaction'; readonly role: Role; readonly reaction: Reaction }
  | { readonly kind: 'take-over' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'tell-parent'; readonly event: ParentEvent };

export function beginCall(me: Omit<Me, 'hand' | 'screen'>): CallState {
  return {
    socket: 'opening',
    link: 'none',
    outcome: null,
    me: { ...me, hand: false, screen: false },
    lobby: null,
    problem: null,
    missing: { audio: false, video: false },
    session: null,
    clockOffsetMs: null,
    peer: null,
    away: null,
    tookOver: false,
    chat: [],
    pending: [],
    bill: null,
    counted: null,
    warning: null,
    decision: null,
    lowBalanceSeconds: null,
    assumed: [],
    relayOnly: false,
    quality: 'disconnected',
    hasStarted: false,
    isEnding: false,
  };
}

/** Say what a frame says of the hand and the screen: nothing while they are down. */
export function signsOf({ hand, screen }: Me): { hand?: true; screen?: true } {
  return { ...(hand && { hand }), ...(screen && { screen }) };
}

/** Name the stage of *state*; every state is in exactly one. */
export function stageOf(state: CallState): Stage {
  if (state.outcome) return state.outcome.kind;
  if (state.lobby) return 'lobby';
  if (!state.session) return 'joining';
  if (state.link === 'connected') return 'live';
  if (!state.peer) return 'waiting';
  return state.link === 'connecting' || state.link === 'none' ? 'connecting' : 'reconnecting';
}

/** Estimate the service's clock, Unix ms. Before `welcome` this machine's own is all there is. */
export function serverTime(state: CallState, nowMs: number): number {
  return nowMs + (state.clockOffsetMs ?? 0);
}

/** Count the whole seconds of the session (R10); after the end, as the service counted them. */
export function elapsedSeconds(state: CallState, nowMs: number): number {
  if (state.outcome?.kind === 'ended') return state.outcome.end.totalSeconds;
  if (!state.session) return 0;
  return Math.max(0, Math.floor((serverTime(state, nowMs) - state.session.start) / 1_000));
}

/** Say how the connection is, as the parent page hears it (R33). */
export function connectionStatus(
  state: CallState,
): Pick<ParentEventMap['connection-status'], 'isConnected' | 'participantsCount' | 'connectionQuality'> {
  const isConnected = stageOf(state) === 'live';
  const isHere = state.session !== null && state.outcome === null;
  return {
    isConnected,
    participantsCount: isHere ? 1 + Number(state.peer !== null && state.away === null) : 0,
    connectionQuality: isConnected ? qualityShown(state.quality) : 'disconnected',
  };
}

/** Name the quality of a live call: good before the first measurement, and poor while nothing arrives. */
export function qualityShown(quality: CallQuality): Exclude<Quality, 'disconnected'> {
  if (quality === 'stalled') return 'poor';
  return quality === 'disconnected' ? 'good' : quality;
}

/** Tell whether nothing arrives here: the meter may stand still already, though the service has not said so. */
export function hasStalled(state: CallState): boolean {
  return state.quality === 'stalled' || stageOf(state) === 'reconnecting';
}
