// Which of the own offers stands, by its number, and whether its answer has come. An offer may be lost with a socket of either
// side: without an answer it is sent again.

const ANSWER_MS_MAX = 4_000;

export class OwnOffers {
  /** The offer that was made last. */
  number = 0;
  /** The one whose answer came last; it may not be applied yet. */
  private answered = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** *count* numbers the next offer of this page; *onUnanswered* is called while one has had no answer for seconds. */
  constructor(
    private readonly count: () => number,
    private readonly onUnanswered: () => void,
  ) {}

  /** A new offer stands from now on. */
  begin(): void {
    this.number = this.count();
  }

  get isAnswered(): boolean {
    return this.answered === this.number;
  }

  /** Tell whether an answer of *number* is to the offer that stands; null comes from a page that does not count. */
  isCurrent(number: number | null): boolean {
    return number === null || number === this.number;
  }

  noteAnswer(): void {
    this.answered = this.number;
  }

  awaitAnswer(): void {
    this.stopWaiting();
    this.timer = setTimeout(this.onUnanswered, ANSWER_MS_MAX);
  }

  stopWaiting(): void {
    clearTimeout(this.timer);
  }
}
