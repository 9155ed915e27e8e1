// Notices a line that has become far too thin for what it carries. Its pictures are lost, the other browser asks for each packet
// again, and what is repeated fills the line for seconds, whatever the sender's browser believes in: retransmissions are sent first
// (libwebrtc, `PacingController`). So the sign is what this page sends: mostly repetitions. Sans-I/O state.

import { countOf, type Stat } from './stat';

/** Packets of pictures that a connection has sent so far, and how many of them not for the first time. */
interface Repeats {
  readonly sent: number;
  readonly repeated: number;
}

/** Where a third of all packets is lost at random, a third of what is sent is repeated. That is no choked line: it loses no less when
 * less is sent. */
const REPEATED_PART_MIN = 0.6;
/** Of fewer packets chance decides. */
const REPEATED_MIN = 20;
/** After a gap of a second on a good line all of it is repeated at once, and that is over at the next look. */
const LOOKS_MIN = 2;
/** By then the picture should move again. */
const AGAIN_MS = 2_000;

export class Choke {
  private before: Repeats | null = null;
  private looksChoked = 0;
  private toldMs = -Infinity;

  /** Take a report of the connection, twice a second. Returns whether its line is choked: then send less at once. */
  take(report: Iterable<Stat>, nowMs: number): boolean {
    const now = readRepeats(report);
    const { sent, repeated } = this.before ?? now;
    this.before = now;
    const since = now.repeated - repeated;
    const isChoked = since >= REPEATED_MIN && since >= REPEATED_PART_MIN * (now.sent - sent);
    this.looksChoked = isChoked ? this.looksChoked + 1 : 0;
    if (this.looksChoked < LOOKS_MIN || nowMs - this.toldMs < AGAIN_MS) return false;
    this.toldMs = nowMs;
    return true;
  }

  /** There is another connection, or nobody has looked for a while: what was counted up to now says nothing. */
  reset(): void {
    this.before = null;
    this.looksChoked = 0;
  }
}

function readRepeats(report: Iterable<Stat>): Repeats {
  let [sent, repeated] = [0, 0];
  for (const stat of report) {
    if (stat.type !== 'outbound-rtp' || stat['kind'] !== 'video') continue;
    sent += countOf(stat['packetsSent']);
    repeated += countOf(stat['retransmittedPacketsSent']);
  }
  return { sent, repeated };
}
