// The figures of a connection that the page shows, from two getStats reports of it. Pure. A figure that the browser does not tell
// is null.

import { findPairInUse } from './candidate-pair';
import { countOf, numberOf, type Stat } from './stat';

/** One kind of media in one direction, since the connection began. */
interface Counters {
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
}

export interface StatsSample {
  readonly atMs: number;
  readonly received: Counters;
  readonly sent: Counters;
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** The part of what we sent that the other side lost, 0 to 1. */
  readonly remoteLoss: number | null;
  readonly pictureIn: Picture | null;
  readonly pictureOut: Picture | null;
  readonly codecs: readonly string[];
  readonly route: Route | null;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | null;
}

export interface Route {
  readonly isRelayed: boolean;
  /** `host`, `srflx`, `prflx` or `relay` (RFC 8445 §4). */
  readonly local: string;
  readonly remote: string;
  readonly protocol: string;
}

export interface StatsView extends Omit<StatsSample, 'atMs' | 'received' | 'sent' | 'remoteLoss'> {
  readonly receivedKbps: number | null;
  readonly sentKbps: number | null;
  /** The worse of both directions, per cent, since the report before. */
  readonly lossPercent: number | null;
}

/** Read a report, taken at *atMs*. */
export function readStats(report: Iterable<Stat>, atMs: number): StatsSample {
  const stats = [...report];
  const of = (type: string) => stats.filter((stat) => stat.type === type);
  const [inbound, outbound, remote] = [of('inbound-rtp'), of('outbound-rtp'), of('remote-inbound-rtp')];
  const pair = findPairInUse(stats);
  return {
    atMs,
    received: sum(inbound, 'bytesReceived', 'packetsReceived'),
    sent: sum(outbound, 'bytesSent', 'packetsSent'),
    jitterMs: greatest(inbound, 'jitter', 1_000),
    roundTripMs:
      greatest(pair ? [pair] : [], 'currentRoundTripTime', 1_000) ?? greatest(remote, 'roundTripTime', 1_000),
    remoteLoss: greatest(remote, 'fractionLost', 1),
    pictureIn: readPicture(inbound),
    pictureOut: readPicture(outbound),
    codecs: readCodecs([...inbound, ...outbound], of('codec')),
    route: pair && readRoute(stats, pair),
  };
}

/** Compare two samples: the figures of the time between them; *before* is null for the first. */
export function compareStats(before: StatsSample | null, now: StatsSample): StatsView {
  const seconds = before ? (now.atMs - before.atMs) / 1_000 : 0;
  const kbps = (way: 'received' | 'sent') =>
    before && seconds > 0 && now[way].bytes >= before[way].bytes
      ? Math.round(((now[way].bytes - before[way].bytes) * 8) / 1_000 / seconds)
      : null;
  const packets = now.received.packets - (before?.received.packets ?? 0);
  const lost = Math.max(0, now.received.lost - (before?.received.lost ?? 0));
  const ownLoss = packets + lost > 0 ? lost / (packets + lost) : null;
  const loss =
    ownLoss === null && now.remoteLoss === null ? null : Math.max(ownLoss ?? 0, now.remoteLoss ?? 0);
  return {
    receivedKbps: kbps('received'),
    sentKbps: kbps('sent'),
    lossPercent: loss === null ? null : Math.round(loss * 1_000) / 10,
    jitterMs: now.jitterMs,
    roundTripMs: now.roundTripMs,
    pictureIn: now.pictureIn,
    pictureOut: now.pictureOut,
    codecs: now.codecs,
    route: now.route,
  };
}

function sum(stats: readonly Stat[], bytes: string, packets: string): Counters {
  const add = (name: string) => stats.reduce((total, stat) => total + countOf(stat[name]), 0);
  return { bytes: add(bytes), packets: add(packets), lost: Math.max(0, add('packetsLost')) };
}

function greatest(stats: readonly Stat[], name: string, scale: number): number | null {
  const values = stats.map((stat) => numberOf(stat[name])).filter((value) => value !== null);
  const most = Math.max(...values);
  return values.length === 0 ? null : scale === 1 ? most : Math.round(most * scale);
}

/** Read the larger picture: a shared screen is larger than the camera beside it. */
function readPicture(stats: readonly Stat[]): Picture | null {
  const pictures = stats.flatMap((stat) => {
    const [width, height] = [numberOf(stat['frameWidth']), numberOf(stat['frameHeight'])];
    const framesPerSecond = numberOf(stat['framesPerSecond']);
    return width && height
      ? [{ width, height, framesPerSecond: framesPerSecond && Math.round(framesPerSecond) }]
      : [];
  });
  return pictures.sort((one, other) => other.width * other.height - one.width * one.height)[0] ?? null;
}

function readCodecs(streams: readonly Stat[], codecs: readonly Stat[]): readonly string[] {
  const used = new Set(streams.map((stream) => stream['codecId']));
  const names = codecs
    .filter((codec) => used.has(codec['id']))
    .map((codec) => String(codec['mimeType']).replace(/^\w+\//, ''));
  return [...new Set(names)].sort();
}

function readRoute(stats: readonly Stat[], pair: Stat): Route | null {
  const [local, remote] = ['localCandidateId', 'remoteCandidateId'].map((name) =>
    stats.find((stat) => stat['id'] === pair[name]),
  );
  if (!local || !remote) return null;
  const [own, theirs] = [String(local['candidateType']), String(remote['candidateType'])];
  return {
    isRelayed: own === 'relay' || theirs === 'relay',
    local: own,
    remote: theirs,
    protocol: String(local['protocol'] ?? '').toUpperCase(),
  };
}
