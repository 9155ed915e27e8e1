// Runs the steps of a negotiation one after the other: an answer must not overtake the offer that is being applied. A step that
// fails is told, and the next one runs.

type Step = () => Promise<void>;

export class Turns {
  isOver = false;
  private last: Promise<void> = Promise.resolve();

  /** *afterEach* runs after every step, also after one that failed. */
  constructor(
    private readonly afterEach: Step,
    private readonly tell: (error: unknown) => void,
  ) {}

  run(step: Step): Promise<void> {
    this.last = this.last.then(async () => {
      await this.attempt(step);
      await this.attempt(this.afterEach);
    });
    return this.last;
  }

  /** No further step begins, and a failure of the present one is no news. */
  end(): void {
    this.isOver = true;
  }

  private async attempt(step: Step): Promise<void> {
    if (this.isOver) return;
    try {
      await step();
    } catch (error) {
      if (!this.isOver) this.tell(error);
    }
  }
}
