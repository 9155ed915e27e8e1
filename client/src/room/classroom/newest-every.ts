// Passes on the newest of many values, at most once in a time. Law: the last one is always passed on.

export class NewestEvery<T> {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private waiting: { readonly value: T } | null = null;

  constructor(
    private readonly everyMs: number,
    private readonly pass: (value: T) => void,
  ) {}

  put(value: T): void {
    this.waiting = { value };
    if (this.timer === null) this.next();
  }

  private next(): void {
    const { waiting } = this;
    this.waiting = null;
    this.timer = waiting && setTimeout(() => this.next(), this.everyMs);
    if (waiting) this.pass(waiting.value);
  }
}
