// Rates a connection from getStats: a report becomes a sample, two samples become a rating. Pure.

import { findPairInUse, isMarked } from './candidate-pair';
import { type Acks, type MediaFlow, NO_FLOW } from './wire';

export type Quality = 'excellent' | 'good' | 'poor' | 'disconnected';

/** `stalled` while the other side sends and nothing arrives. */
export type CallQuality = Quality | 'stalled';

/** Cumulative counters of one peer connection at one moment. */
export interface Sample {
  readonly flow: MediaFlow;
  readonly acks: Acks;
  readonly received: number;
  readonly lost: number;
  /** Round trip of the route in use, ms; null before there is one. */
  readonly roundTripMs: number | null;
  /** The part the other side lost of what we sent, 0 to 1, as it last reported. */
  readonly remoteLoss: number;
  /** What the browser thinks it can send, bit/s; null if it does not say. */
  readonly sendableBps: number | null;
}

interface Stat {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** ITU-T G.114 finds 150 ms one way unnoticed and 400 ms too long; a few per cent of loss is what codecs hide. */
const GOOD = { roundTripMs: 300, loss: 0.03 };
export const POOR = { roundTripMs: 600, loss: 0.1 };

/** Read what the rating and the heartbeat need from a getStats report. */
export function readSample(report: Iterable<Stat>): Sample {
  let [audioPackets, videoFrames, bytes, received, lost, remoteLoss] = [0, 0, 0, 0, 0, 0];
  const acks = { audio: 0, video: 0, path: 0 };
  // Firefox does not always tell the round trip of the pair. The other browser measures RTCP's, more rarely.
  let mediaRoundTripMs: number | null = null;
  const stats = [...report];
  for (const stat of stats) {
    const kind = stat['kind'] ?? stat['mediaType'];
    if (stat.type === 'inbound-rtp') {
      received += numberOf(stat['packetsReceived']);
      lost += Math.max(0, numberOf(stat['packetsLost']));
      if (kind === 'audio') audioPackets += numberOf(stat['packetsReceived']);
      else videoFrames += numberOf(stat['framesDecoded']);
    } else if (stat.type === 'remote-inbound-rtp') {
      remoteLoss = Math.max(remoteLoss, numberOf(stat['fractionLost']));
      // Its receiver reports; Firefox counted only the packets they confirm before it counted the reports (106).
      acks[kind === 'audio' ? kind : 'video'] += numberOf(
        stat['roundTripTimeMeasurements'] ?? stat['packetsReceived'],
      );
      if (typeof stat.roundTripTime === 'number') mediaRoundTripMs = stat.roundTripTime * 1_000;
    } else if (stat.type === 'candidate-pair' && isMarked(stat)) {
      // A pair that was in use before counts too: the sum must not fall when the route changes.
      bytes += numberOf(stat.bytesReceived);
      acks.path += numberOf(stat['responsesReceived']);
    }
  }
  const pair = findPairInUse(stats);
  const sendableBps = numberOrNull(pair?.['availableOutgoingBitrate']);
  const pairRoundTrip = numberOrNull(pair?.['currentRoundTripTime']);
  const roundTripMs = pairRoundTrip === null ? mediaRoundTripMs : pairRoundTrip * 1_000;
  const flow = { audioPackets, videoFrames, bytes };
  return { flow, acks, received, lost, roundTripMs, remoteLoss, sendableBps };
}

/** Rate the time between two samples of one connection; *before* is null for the first. *isSending*: the other side says
 * that it sends sound or pictures. A still picture has lost nothing, and is not excellent. */
export function rateQuality(
  before: Sample | null,
  now: Sample,
  isSending: boolean,
): Exclude<CallQuality, 'disconnected'> {
  if (isSending && before && before.received > 0 && now.received === before.received) return 'stalled';
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const ownLoss = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(ownLoss, now.remoteLoss);
  const roundTripMs = now.roundTripMs ?? 0;
  if (loss > POOR.loss || roundTripMs > POOR.roundTripMs) return 'poor';
  return loss > GOOD.loss || roundTripMs > GOOD.roundTripMs ? 'good' : 'excellent';
}

/** A sample is compared with the one this many before it: fewer say little about loss, and a pause of one second is no stop. */
const SAMPLES_RATED = 2;

/** Rates one connection by its samples, which come a second apart. */
export class Rating {
  private samples: readonly Sample[] = [];
  private count = 0;

  /** Whether the newest rating is of the last samples and not of all since the beginning. */
  get isSettled(): boolean {
    return this.count > SAMPLES_RATED;
  }

  take(sample: Sample, isSending: boolean): Exclude<CallQuality, 'disconnected'> {
    this.count += 1;
    const before = this.isSettled ? this.samples[0] : null;
    this.samples = [...this.samples, sample].slice(-SAMPLES_RATED);
    return rateQuality(before ?? null, sample, isSending);
  }
}

/** What a page has counted over all its connections. */
export type MediaCounts = Pick<Sample, 'flow' | 'acks'>;

export const NO_COUNTS: MediaCounts = { flow: NO_FLOW, acks: { audio: 0, video: 0, path: 0 } };

/** Add what earlier connections of this page had counted to what the present one has, if there is one. */
export function addSample(earlier: MediaCounts, sample: Sample | null): MediaCounts {
  if (!sample) return earlier;
  return { flow: addCounts(earlier.flow, sample.flow), acks: addCounts(earlier.acks, sample.acks) };
}

function addCounts<T extends MediaFlow | Acks>(one: T, other: T): T {
  const sum: Record<string, number> = {};
  for (const [name, count] of Object.entries(one)) sum[name] = count + other[name as keyof T];
  return sum as unknown as T;
}

function numberOf(value: unknown): number {
  return numberOrNull(value) ?? 0;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
