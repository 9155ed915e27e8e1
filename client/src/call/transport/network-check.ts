// What the lobby's network check tries, and what its results mean for a call. Pure.

/** Whether one way out of this network is open; `none`: the service names no such server. */
export type Way = 'open' | 'closed' | 'none';

export const WAYS = ['stun', 'udp', 'tcp', 'tls'] as const;
/** The direct way (STUN), and a relay (TURN) by each transport. */
export type WayName = (typeof WAYS)[number];

export interface CheckResults {
  readonly ways: Readonly<Record<WayName, Way>>;
  /** The call goes over a relay or not at all. */
  readonly needsRelay: boolean;
  /** Round trip of an HTTP request to the service, ms; null if it did not answer. */
  readonly serviceMs: number | null;
  /** Over the relay; null where it was not measured. */
  readonly roundTripMs: number | null;
  /** In [0, 1]. */
  readonly loss: number | null;
  /** What gets through in both directions at once, kbit/s, up to BANDWIDTH_KBPS_MAX. */
  readonly bandwidthKbps: number | null;
}

export type Verdict = 'good' | 'likely' | 'weak' | 'slow' | 'blocked' | 'offline';

/** A call sends 1.5 Mbit/s of picture at most: more need not be proved, and costs the relay. */
export const BANDWIDTH_KBPS_MAX = 2_000;

/** A small picture and the sound need 300 kbit/s; with less the picture pauses. */
const SLOW_KBPS = 300;
const WEAK = { kbps: 700, loss: 0.05, roundTripMs: 400 };

const isRelayOpen = ({ ways: { udp, tcp, tls } }: CheckResults) => [udp, tcp, tls].includes('open');
const isTried = ({ ways }: CheckResults) => WAYS.some((name) => ways[name] !== 'none');
const isClosed = ({ ways }: CheckResults) => WAYS.every((name) => ways[name] !== 'open');
const tripOf = ({ roundTripMs, serviceMs }: CheckResults) => roundTripMs ?? serviceMs ?? 0;

/** The first row that fits is the verdict. */
const VERDICTS: readonly (readonly [Verdict, (results: CheckResults) => boolean])[] = [
  ['offline', (results) => results.serviceMs === null && isClosed(results)],
  ['blocked', (results) => isTried(results) && isClosed(results)],
  ['blocked', (results) => results.needsRelay && !isRelayOpen(results)],
  ['slow', ({ bandwidthKbps }) => bandwidthKbps !== null && bandwidthKbps < SLOW_KBPS],
  ['weak', ({ bandwidthKbps }) => bandwidthKbps !== null && bandwidthKbps < WEAK.kbps],
  ['weak', ({ loss }) => (loss ?? 0) > WEAK.loss],
  ['weak', (results) => tripOf(results) > WEAK.roundTripMs],
  // Nothing was measured on the way that a call may need.
  ['likely', (results) => !isRelayOpen(results)],
  ['good', () => true],
];

export function judge(results: CheckResults): Verdict {
  return VERDICTS.find(([, fits]) => fits(results))?.[0] ?? 'likely';
}

/** Pick one server for each way out of *servers*, the first that is named. */
export function planWays(servers: readonly RTCIceServer[]): Readonly<Record<WayName, RTCIceServer | null>> {
  const plan: Record<WayName, RTCIceServer | null> = { stun: null, udp: null, tcp: null, tls: null };
  for (const server of servers) {
    for (const url of [server.urls].flat()) {
      const way = wayOf(url);
      if (way) plan[way] ??= { ...server, urls: [url] };
    }
  }
  return plan;
}

/** RFC 7064 §3.1, RFC 7065 §3.1: without a transport it is UDP, and TLS over TCP. Browsers speak no DTLS to a relay. */
function wayOf(url: string): WayName | null {
  if (/^stuns?:/.test(url)) return 'stun';
  const isTcp = /[?&]transport=tcp\b/.test(url);
  if (url.startsWith('turns:')) return isTcp || !url.includes('transport=') ? 'tls' : null;
  return isTcp ? 'tcp' : 'udp';
}

export interface Arrival {
  readonly atMs: number;
  readonly bytes: number;
}

/** The beginning, in which the sender finds out how much gets through, is not counted. */
const SLOW_START_MS = 300;

/** Compute kbit/s from what arrived of a flow that began at *beganMs*; null if too little did. */
export function rateOf(arrivals: readonly Arrival[], beganMs: number): number | null {
  const counted = arrivals.filter(({ atMs }) => atMs >= beganMs + SLOW_START_MS);
  const [first, last] = [counted[0], counted[counted.length - 1]];
  if (!first || !last || last.atMs <= first.atMs) return null;
  // What the first one took to come is not known.
  const bytes = counted.reduce((sum, one) => sum + one.bytes, 0) - first.bytes;
  return Math.min(BANDWIDTH_KBPS_MAX, Math.round((bytes * 8) / (last.atMs - first.atMs)));
}

/** Take the middle one of *trips*: one that waited in a queue says nothing of the way. */
export function medianOf(trips: readonly number[]): number | null {
  const sorted = [...trips].sort((one, other) => one - other);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined ? null : Math.round(middle);
}
