// The state of a call, its actions and its effects. Types, and questions about a state.

import type { BillCounter } from '../base/bill-counter';
import type { MediaKind } from '../base/media-kind';
import type { ParentEvent, ParentEventMap } from '../embed/parent-events';
import type { Wanted } from './media/device-permissions';
import type { DeviceStatus } from './media/devices';
import type { MediaProblem } from './media/open-devices';
import type { CallQuality, Quality } from './transport/quality';
import type { ShownLink } from './transport/recovery';
import type { PingTime, Trouble } from './transport/trouble';
import type {
  ChatLine,
  ClientFrame,
  Network,
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
  /** How this page finds its own connection. */
  readonly network: Network;
  /** The own camera is on, and the line carries only the sound for now. */
  readonly videoPaused: boolean;
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
  /** The direct connection. `interrupted` still looks like `connected`; `reconnecting` is what a person is told of. */
  readonly link: 'none' | ShownLink;
  readonly outcome: Outcome | null;
  readonly me: Me;
  /** Not null exactly while the person is in the lobby. */
  readonly lobby: Lobby | null;
  readonly problem: MediaProblem | null;
  readonly missing: Readonly<Record<MediaKind, boolean>>;
  readonly session: SessionInfo | null;
  /** Server time minus this machine's, ms. */
  readonly clockOffsetMs: number | null;
  /** The service's newest ping. */
  readonly ping: PingTime | null;
  readonly peer: Peer | null;
  /** The peer's page took their seat over from another page, with a link of that seat. */
  readonly tookOver: boolean;
  /**
   * Why the peer's socket is gone while their picture may still be here; null while they are connected. `unseated`: a welcome
   * did not name them, and the platform has not been told.
   */
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
  /** Where the connection is bad; null while it is good. */
  readonly trouble: Trouble | null;
  /** Whether the service has a relay (TURN); null until it has answered. */
  readonly hasRelay: boolean | null;
  readonly hasStarted: boolean;
  readonly isEnding: boolean;
}

export type Action =
  | { readonly type: 'frame'; readonly frame: RoomFrame }
  | { readonly type: 'socket-lost'; readonly isFinal: boolean }
  | { readonly type: 'link'; readonly state: ShownLink }
  | {
      readonly type: 'devices';
      readonly status: DeviceStatus;
    }
  | { readonly type: 'switch'; readonly device: MediaKind; readonly on: boolean }
  | { readonly type: 'screen'; readonly on: boolean }
  /** The own picture is no longer sent, because the line carries only the sound; or it is sent again. */
  | { readonly type: 'picture'; readonly isPaused: boolean }
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
  | { readonly type: 'network'; readonly own: Network; readonly trouble: Trouble | null }
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
  /** The own socket is back, and the peer is the same page as before. */
  | { readonly kind: 'renew' }
  /** The peer's socket is back: an offer may have been lost with the one before. */
  | { readonly kind: 'repeat-offer' }
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

export function beginCall(me: Omit<Me, keyof Signs>): CallState {
  return {
    socket: 'opening',
    link: 'none',
    outcome: null,
    me: { ...me, hand: false, screen: false, network: 'good', videoPaused: false },
    lobby: null,
    problem: null,
    missing: { audio: false, video: false },
    session: null,
    clockOffsetMs: null,
    ping: null,
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
    trouble: null,
    hasRelay: null,
    hasStarted: false,
    isEnding: false,
  };
}

/** What a frame says of a person beside microphone and camera. */
interface Signs {
  hand?: true;
  screen?: true;
  network?: 'weak';
  videoPaused?: true;
}

/** Say what a frame says of the signs: nothing while they are down, or good. A camera that is off has no picture to pause. */
export function signsOf({ video, hand, screen, network, videoPaused }: Partial<Me>): Signs {
  return {
    ...(hand && { hand }),
    ...(screen && { screen }),
    ...(network === 'weak' && { network }),
    ...(video && videoPaused && { videoPaused }),
  };
}

/** Tell whether the direct connection is there, or has been missing for a moment only. */
export function hasPath({ link }: CallState): boolean {
  return link === 'connected' || link === 'interrupted';
}

/** Name the stage of *state*; every state is in exactly one. */
export function stageOf(state: CallState): Stage {
  if (state.outcome) return state.outcome.kind;
  if (state.lobby) return 'lobby';
  if (!state.session) return 'joining';
  if (hasPath(state)) return 'live';
  if (!state.peer) return 'waiting';
  return state.link === 'reconnecting' ? 'reconnecting' : 'connecting';
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
