// How this page sends, for all connections of one call: by what the line carries, and what the person chose. Sans-I/O state.

import { sortCodecs } from './codec-choice';
import { LineReader } from './line-sample';
import { addWishes, tuneSound } from './sdp-edit';
import { beginLadder, type Ladder, OFF, SMALLEST, stepLadder } from './send-ladder';
import { type SendPlan, VIDEO_BITRATE_MAX } from './send-parameters';

/** What the person chose of it. */
export interface SendChoice {
  readonly isMusic: boolean;
  readonly isLowData: boolean;
}

/** What there is to send. */
export interface Sent {
  /** The own sound reaches the other side, also while it is muted: then its packets do. */
  readonly hasSound: boolean;
  readonly hasPicture: boolean;
  readonly isSharing: boolean;
}

export class SendControl {
  private ladder: Ladder;
  private line = new LineReader();
  private hasPicture = true;
  private choice: SendChoice;

  /** *efficient*: the codecs that this browser does in hardware; null where nobody knows. */
  constructor(
    choice: SendChoice,
    private readonly efficient: readonly string[] | null,
    nowMs: number,
  ) {
    this.choice = choice;
    this.ladder = beginLadder(nowMs);
  }

  get plan(): SendPlan {
    return { rung: this.ladder.rung, ...this.choice };
  }

  /** Whether the own picture is not sent because the line carries only the sound. */
  get isPaused(): boolean {
    return this.ladder.rung === OFF && this.hasPicture;
  }

  /** Whether more pixels of the camera would be sent. */
  get wantsMore(): boolean {
    return this.ladder.rung === 0 && !this.choice.isLowData;
  }

  /** A new connection: perhaps over another line. A picture that was large may be so again at once. */
  beginConnection(nowMs: number): void {
    this.line = new LineReader();
    this.ladder = beginLadder(nowMs, this.ladder.rung);
  }

  /** Take what the person chose; tell whether a negotiation is needed for it: descriptions say it to both browsers. */
  choose(choice: SendChoice): boolean {
    const { isMusic, isLowData } = this.choice;
    this.choice = choice;
    return choice.isMusic !== isMusic || choice.isLowData !== isLowData;
  }

  /** Take a report of the present connection; tell whether the plan has changed. */
  take(report: Iterable<RTCStats>, sent: Sent, nowMs: number): boolean {
    const { rung } = this.ladder;
    const line = this.line.take(report as Iterable<RTCStats & Record<string, unknown>>);
    this.hasPicture = sent.hasPicture;
    if (sent.hasPicture || sent.isSharing) {
      const wish = { isMusic: this.choice.isMusic, isSharing: sent.isSharing, mayPause: sent.hasSound };
      this.ladder = stepLadder(this.ladder, line, wish, nowMs);
    } else if (rung === OFF) this.ladder = beginLadder(nowMs, SMALLEST);
    return this.ladder.rung !== rung;
  }

  /** Edit a description of the other side before it is applied; *hasScreenSound*: nothing of it is silence. */
  receiveDescription(type: RTCSdpType, sdp: string, hasScreenSound: boolean): string {
    const { isMusic, isLowData } = this.choice;
    const tuned = tuneSound(sdp, { isMusic: isMusic || hasScreenSound, isLowData });
    return type === 'offer' ? sortCodecs(tuned, this.efficient) : tuned;
  }

  /** Edit an own description before it is sent. */
  writeDescription(sdp: string): string {
    const { isLowData } = this.choice;
    return addWishes(sdp, {
      videoBitrateMax: isLowData ? VIDEO_BITRATE_MAX / 2 : null,
      efficient: this.efficient,
    });
  }
}
