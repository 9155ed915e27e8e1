// The frames of the room's socket, as in signaling/messages.py (docs/protocol.md). The service's frames are read strictly here,
// and nowhere else. The golden messages of wire/frames test both languages.

import {
  count,
  FrameRefused,
  flag,
  listOf,
  nullable,
  object,
  oneOf,
  type Read,
  type Shape,
  text,
  whole,
  withDefault,
} from '../../base/shapes';

export const CHAT_CHARACTERS_MAX = 4_000;

export const role = oneOf('student', 'tutor');
export type Role = Read<typeof role>;

/** Names, not signs: the page chooses the sign, and nothing else gets through. */
export const REACTIONS = ['thumbs-up', 'clap', 'heart', 'laugh', 'party', 'thinking'] as const;
export type Reaction = (typeof REACTIONS)[number];

const hand = withDefault(flag, false);
const screen = withDefault(flag, false);
/** How a page finds its own connection. */
const network = withDefault(oneOf('good', 'weak'), 'good');
export type Network = Read<typeof network>;
/** Their camera is on, and their line carries only the sound for now. */
const videoPaused = withDefault(flag, false);
const peer = object({
  role,
  page: text,
  address: text,
  name: nullable(text),
  audio: flag,
  video: flag,
  hand,
  screen,
  network,
  videoPaused,
});
export type Peer = Read<typeof peer>;

const session = object({ id: text, start: count, language: text });
export type SessionInfo = Read<typeof session>;

export const chatLine = object({ id: text, role, text, timestamp: count });
export type ChatLine = Read<typeof chatLine>;

const cost = object({ minor: whole, currency: text, decimals: count });
export type Cost = Read<typeof cost>;

/** The link hides its person's address: only relays may connect the two. */
const relayOnly = withDefault(flag, false);
const iceServer = object({
  urls: listOf(text),
  username: nullable(text),
  credential: nullable(text),
});

const candidate = object({
  candidate: text,
  sdpMid: nullable(text),
  sdpMLineIndex: nullable(count),
  usernameFragment: nullable(text),
});
export type Candidate = Read<typeof candidate>;

/** An answer has the number of its offer; a page that does not count offers leaves it out. */
const description = object({ to: text, sdp: text, number: nullable(count) });

const SERVER_SHAPES = {
  lobby: object({
    role,
    address: text,
    name: nullable(text),
    session,
    serverTime: count,
    iceServers: listOf(iceServer),
    relayOnly,
    peer: nullable(peer),
    /** The other person is in the lobby, too. */
    peerLooks: withDefault(flag, false),
    assumed: withDefault(listOf(text), []),
  }),
  welcome: object({
    role,
    address: text,
    name: nullable(text),
    epoch: count,
    resume: text,
    session,
    serverTime: count,
    iceServers: listOf(iceServer),
    relayOnly,
    peer: nullable(peer),
    chat: withDefault(listOf(chatLine), []),
    assumed: withDefault(listOf(text), []),
  }),
  /** Newer ones, before the credentials of the others expire. */
  'ice-servers': object({ iceServers: listOf(iceServer) }),
  'peer-joined': object({ peer, timestamp: count, tookOver: withDefault(flag, false) }),
  'peer-left': object({ role, reason: text, timestamp: count }),
  offer: description,
  answer: description,
  ice: object({ to: text, candidate: nullable(candidate) }),
  chat: object({ line: chatLine }),
  'user-status': object({ role, audio: flag, video: flag, hand, screen, network, videoPaused }),
  reaction: object({ role, reaction: oneOf(...REACTIONS) }),
  ping: object({ serverTime: count }),
  bill: object({
    state: text,
    running: flag,
    reason: nullable(text),
    billableSeconds: count,
    cost: nullable(cost),
    ratePerHour: nullable(cost),
    serverTime: count,
    /** While the meter runs: up to when `billableSeconds` counts, Unix ms. */
    provenAt: nullable(count),
    /** When the prepaid time is used up if both stay, Unix ms. */
    capAt: nullable(count),
    /** The billable time that is prepaid, whole seconds. */
    capSeconds: nullable(count),
  }),
  'low-balance': object({ remainingSeconds: count }),
  'connection-warning': object({
    disconnectedRole: role,
    gracePeriodSeconds: count,
    deadline: count,
    /** Other than `away`: they are here, and a page claims something. */
    cause: withDefault(text, 'away'),
    claims: nullable(object({ student: nullable(text), tutor: nullable(text) })),
  }),
  'grace-resolved': object({ outcome: oneOf('returned', 'wait') }),
  'session-ended': object({
    endedBy: text,
    reason: text,
    totalSeconds: count,
    billableSeconds: nullable(count),
    cost: nullable(cost),
    timestamp: count,
    statementUrl: nullable(text),
    pauses: withDefault(count, 0),
  }),
  /** The process *leaving* stops in *withinMs*. */
  moving: object({ leaving: text, withinMs: count }),
  /** *id*: the line of chat that was not taken. */
  error: object({ code: text, message: text, final: withDefault(flag, false), id: nullable(text) }),
} satisfies Record<string, Shape<object>>;

type ServerType = keyof typeof SERVER_SHAPES;
export type ServerFrameOf<T extends ServerType> = T extends ServerType
  ? { readonly type: T } & Read<(typeof SERVER_SHAPES)[T]>
  : never;
export type ServerFrame = ServerFrameOf<ServerType>;
/** What the socket passes on: all but what concerns the socket itself. */
export type RoomFrame = ServerFrameOf<Exclude<ServerType, 'moving'>>;

/** What this page has received so far, cumulative over all its peer connections. */
export interface MediaFlow {
  readonly audioPackets: number;
  readonly videoFrames: number;
  /** Of the candidate pairs in use: flows also while there is nothing to hear or see. */
  readonly bytes: number;
}

export const NO_FLOW: MediaFlow = { audioPackets: 0, videoFrames: 0, bytes: 0 };

/** What the other side's browser has confirmed of what this page sends, cumulative: receiver reports, and answers to
 * connectivity checks. */
export interface Acks {
  readonly audio: number;
  readonly video: number;
  readonly path: number;
}

/** What the link says, in the first frame of a socket. */
interface Handshake {
  readonly page: string;
  readonly role: Role;
  readonly address?: string;
  readonly name?: string;
  readonly language?: string;
  readonly sessionStart?: number;
  readonly token?: string;
  readonly relay?: true;
  /** The process that told this page to move: this socket must not reach it again. */
  readonly leaving?: string;
}

export interface LobbyJoin extends Handshake {
  readonly type: 'look';
}

export interface Join extends Handshake {
  readonly type: 'join';
  readonly resume?: string;
  readonly takeover?: true;
  /** Left out while on: a frame leaves out every default. */
  readonly audio?: false;
  readonly video?: false;
  readonly hand?: true;
  readonly screen?: true;
  readonly network?: 'weak';
  readonly videoPaused?: true;
}

export type ClientFrame =
  | LobbyJoin
  | Join
  | {
      readonly type: 'offer' | 'answer';
      readonly to: string;
      readonly sdp: string;
      readonly number?: number;
    }
  | { readonly type: 'ice'; readonly to: string; readonly candidate: Candidate | null }
  | { readonly type: 'chat'; readonly id: string; readonly text: string }
  | {
      readonly type: 'user-status';
      readonly audio: boolean;
      readonly video: boolean;
      readonly hand?: true;
      readonly screen?: true;
      readonly network?: 'weak';
      readonly videoPaused?: true;
    }
  | { readonly type: 'reaction'; readonly reaction: Reaction }
  | {
      readonly type: 'heartbeat';
      readonly serverTime: number;
      readonly audio: boolean;
      readonly video: boolean;
      readonly hand?: true;
      readonly screen?: true;
      readonly network?: 'weak';
      readonly videoPaused?: true;
      readonly media?: MediaFlow;
      readonly acks?: Acks;
    }
  | { readonly type: 'grace-decision'; readonly decision: 'wait' | 'end' }
  | { readonly type: 'end-session' }
  | { readonly type: 'moved' };

/** Read one frame of the service. Throws FrameRefused for no JSON, an unknown type or a field that does not fit. */
export function receiveFrame(raw: string): ServerFrame {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw new FrameRefused('A frame must be JSON');
  }
  const { type } = object({ type: text })(value, 'frame');
  if (!Object.prototype.hasOwnProperty.call(SERVER_SHAPES, type)) {
    throw new FrameRefused(`frame.type ${type} is not known`);
  }
  const fields = SERVER_SHAPES[type as ServerType](value, type);
  return { type, ...fields } as ServerFrame;
}
