// Reads from getStats how a connection is, and counts what arrives. Pure.

import { findPairInUse, isMarked } from './candidate-pair';
import { countOf, numberOf, type Stat } from './stat';
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
      received += countOf(stat['packetsReceived']);
      lost += Math.max(0, countOf(stat['packetsLost']));
      if (kind === 'audio') audioPackets += countOf(stat['packetsReceived']);
      else videoFrames += countOf(stat['framesDecoded']);
    } else if (stat.type === 'remote-inbound-rtp') {
      remoteLoss = Math.max(remoteLoss, countOf(stat['fractionLost']));
      // Its receiver reports; Firefox counted only the packets they confirm before it counted the reports (106).
      acks[kind === 'audio' ? kind : 'video'] += countOf(
        stat['roundTripTimeMeasurements'] ?? stat['packetsReceived'],
      );
      if (typeof stat.roundTripTime === 'number') mediaRoundTripMs = stat.roundTripTime * 1_000;
    } else if (stat.type === 'candidate-pair' && isMarked(stat)) {
      // A pair that was in use before counts too: the sum must not fall when the route changes.
      bytes += countOf(stat.bytesReceived);
      acks.path += countOf(stat['responsesReceived']);
    }
  }
  const pair = findPairInUse(stats);
  const sendableBps = numberOf(pair?.['availableOutgoingBitrate']);
  const pairRoundTrip = numberOf(pair?.['currentRoundTripTime']);
  const roundTripMs = pairRoundTrip === null ? mediaRoundTripMs : pairRoundTrip * 1_000;
  const flow = { audioPackets, videoFrames, bytes };
  return { flow, acks, received, lost, roundTripMs, remoteLoss, sendableBps };
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
