// Follows the line of one call over all its connections, and says how large the pictures are sent. Sans-I/O state, loaded when the
// two are together: no first picture waits for it.

import { LineReader } from './line-sample';
import { beginLadder, chokeLadder, type Ladder, OFF, RUNGS, SMALLEST, stepLadder } from './send-ladder';
import type { PictureLimits } from './send-parameters';

/** What there is to send. */
export interface Sent {
  /** The own sound reaches the other side, also while it is muted: then its packets do. */
  readonly hasSound: boolean;
  readonly hasPicture: boolean;
  readonly isSharing: boolean;
  readonly isMusic: boolean;
  readonly isLowData: boolean;
}

/** Nothing that moves, neither person nor screen. */
export const NO_PICTURE: PictureLimits = { ...(RUNGS[OFF] as PictureLimits), screenFramesPerSecond: 0 };

export class Pacer {
  private ladder: Ladder;
  private line = new LineReader();

  constructor(nowMs: number) {
    this.ladder = beginLadder(nowMs);
  }

  /** Index into RUNGS. */
  get rung(): number {
    return this.ladder.rung;
  }

  get limits(): PictureLimits | null {
    return this.rung === 0 ? null : (RUNGS[this.rung] ?? null);
  }

  /** A new connection: perhaps over another line. A picture that was paused is tried again. */
  beginConnection(nowMs: number): void {
    this.line = new LineReader();
    this.ladder = beginLadder(nowMs, this.rung);
  }

  /** The line has become far too thin, which no report tells: most of those are lost, too. */
  sendLess(nowMs: number): void {
    this.line = new LineReader();
    this.ladder = chokeLadder(this.ladder, nowMs);
  }

  /** Take a report of the present connection, once a second; tell whether the limits have changed. */
  take(report: Iterable<RTCStats>, sent: Sent, nowMs: number): boolean {
    const { rung } = this;
    const line = this.line.take(report as Iterable<RTCStats & Record<string, unknown>>);
    if (sent.hasPicture || sent.isSharing)
      this.ladder = stepLadder(this.ladder, line, { ...sent, mayPause: sent.hasSound }, nowMs);
    else if (rung === OFF) this.ladder = beginLadder(nowMs, SMALLEST);
    return this.rung !== rung;
  }
}
