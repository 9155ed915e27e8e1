// Decides when an offer of the other side is answered: at once, unless it offers all the time. Pure but for what it counts.

/** A lesson has a few offers a minute. A page that restarts ICE for ever must not keep this one busy. */
const FREE_OFFERS = 10;
const FREE_EVERY_MS = 10_000;

export class OfferGate {
  private answeredMs: readonly number[] = [];

  /** How long the newest offer has to wait, ms; 0: answer it now. */
  waitMs(nowMs: number): number {
    const oldest = this.answeredMs[this.answeredMs.length - FREE_OFFERS];
    return oldest === undefined ? 0 : Math.max(0, oldest + FREE_EVERY_MS - nowMs);
  }

  note(nowMs: number): void {
    this.answeredMs = [...this.answeredMs, nowMs].slice(-FREE_OFFERS);
  }
}
