// Reads from getStats what the line of the own media carries and loses. Sans-I/O state.

import type { LineSample } from './send-ladder';

interface Stat {
  readonly type: string;
  readonly [name: string]: unknown;
}

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
    let [availableBps, roundTripMs]: [number | null, number | null] = [null, null];
    let mediaRoundTripMs: number | null = null;
    let [sent, lost] = [0, 0];
    for (const stat of report) {
      if (stat.type === 'outbound-rtp') sent += numberOf(stat['packetsSent']) ?? 0;
      else if (stat.type === 'remote-inbound-rtp') {
        lost += numberOf(stat['packetsLost']) ?? 0;
        mediaRoundTripMs = toMs(stat['roundTripTime']) ?? mediaRoundTripMs;
      } else if (stat.type === 'candidate-pair' && isInUse(stat)) {
        availableBps = numberOf(stat['availableOutgoingBitrate']);
        roundTripMs = toMs(stat['currentRoundTripTime']);
      }
    }
    return {
      availableBps,
      loss: this.countLoss({ sent, lost }),
      roundTripMs: roundTripMs ?? mediaRoundTripMs,
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

/** Firefox says `selected`; the others nominate. */
function isInUse(stat: Stat): boolean {
  return stat['state'] === 'succeeded' && Boolean(stat['selected'] ?? stat['nominated']);
}

function toMs(seconds: unknown): number | null {
  const value = numberOf(seconds);
  return value === null ? null : Math.round(value * 1_000);
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
