// Reads from getStats what the line of the own media carries and loses. Sans-I/O state.

import { findPairInUse } from './candidate-pair';
import type { LineSample } from './send-ladder';
import { countOf, numberOf, type Stat } from './stat';

interface Counted {
  readonly sent: number;
  readonly lost: number;
}

/** Loss is counted over so many samples, a second apart: reports on sound come every five seconds (RFC 3550 §6.2). */
const SAMPLES_COUNTED = 6;
/** Of fewer packets a single lost one would look like a bad line. */
const PACKETS_MIN = 50;

/** Reads the line of one connection, by samples that come a second apart. */
export class LineReader {
  private counted: readonly Counted[] = [];

  take(report: Iterable<Stat>): LineSample {
    let mediaRoundTripMs: number | null = null;
    let [sent, lost] = [0, 0];
    const stats = [...report];
    for (const stat of stats) {
      if (stat.type === 'outbound-rtp') sent += countOf(stat['packetsSent']);
      else if (stat.type === 'remote-inbound-rtp') {
        lost += countOf(stat['packetsLost']);
        mediaRoundTripMs = toMs(stat['roundTripTime']) ?? mediaRoundTripMs;
      }
    }
    const pair = findPairInUse(stats);
    return {
      availableBps: numberOf(pair?.['availableOutgoingBitrate']),
      loss: this.countLoss({ sent, lost }),
      roundTripMs: toMs(pair?.['currentRoundTripTime']) ?? mediaRoundTripMs,
    };
  }

  private countLoss(now: Counted): number | null {
    const before = this.counted[0];
    this.counted = [...this.counted, now].slice(-SAMPLES_COUNTED);
    const sent = now.sent - (before?.sent ?? now.sent);
    const lost = now.lost - (before?.lost ?? now.lost);
    return sent < PACKETS_MIN ? null : Math.min(1, Math.max(0, lost / sent));
  }
}

function toMs(seconds: unknown): number | null {
  const value = numberOf(seconds);
  return value === null ? null : Math.round(value * 1_000);
}
