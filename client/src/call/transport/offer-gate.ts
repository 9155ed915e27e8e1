// Decides when an offer of the other side is answered: at once, unless it offers all the time.

import { readClock } from '../../base/clock';

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

export interface TheirOffer {
  readonly sdp: string;
  /** Null comes from a page that does not count its offers. */
  readonly number: number | null;
}

/** The offers that nobody has looked at. Of several that come in one moment the newest counts; *answer* is called when it is time. */
export class TheirOffers {
  private newest: TheirOffer | null = null;
  private readonly gate = new OfferGate();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly answer: () => void) {}

  receive(offer: TheirOffer): void {
    const isWaiting = this.newest !== null;
    this.newest = offer;
    if (isWaiting) return;
    const waitMs = this.gate.waitMs(readClock());
    if (waitMs > 0) this.timer = setTimeout(this.answer, waitMs);
    else this.answer();
  }

  /** Take the newest one, to answer it now. */
  take(): TheirOffer | null {
    const { newest } = this;
    this.newest = null;
    if (newest) this.gate.note(readClock());
    return newest;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
