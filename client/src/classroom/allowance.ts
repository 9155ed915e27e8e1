// How much may come in a time: an amount that is used up, and comes back evenly. Pure. Integers.

export interface AllowanceRules {
  /** What may come at once. */
  readonly most: number;
  /** What comes back in a second. */
  readonly perSecond: number;
}

export class Allowance {
  /** In thousandths, so that a millisecond's share is whole. */
  private left: number;
  private takenMs = 0;

  constructor(private readonly rules: AllowanceRules) {
    this.left = rules.most * 1_000;
  }

  /** Take *amount* if there is as much; returns whether there was. A clock that goes back gives nothing. */
  take(amount: number, nowMs: number): boolean {
    if (this.readLeft(nowMs) < amount) return false;
    this.left -= amount * 1_000;
    return true;
  }

  /** Tell how much could be taken, whole. */
  readLeft(nowMs: number): number {
    const { most, perSecond } = this.rules;
    const passedMs = Math.max(0, Math.floor(nowMs) - this.takenMs);
    this.takenMs += passedMs;
    this.left = Math.min(most * 1_000, this.left + passedMs * perSecond);
    return Math.floor(this.left / 1_000);
  }
}
