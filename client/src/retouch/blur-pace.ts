// Decides whether the blur keeps pace with the camera. Pure: it takes the time. Law: it first looks for the person less often, and
// ends when that is not enough; it never begins anew by itself.

/** Judged over so long: a device that hiccups is not slow. */
const WINDOW_MS = 2_000;

/** Above this share of the time that passes, frames wait for frames, and the picture begins to stutter. */
const BUSY_MAX = 0.8;

/** The person is looked for in each, in each second, then in each third frame: a tenth of a second at 30 frames a second. */
const STEPS = [1, 2, 3] as const;

/** `slow` is for good. */
export type Judgement = 'fine' | 'eased' | 'slow';

export class BlurPace {
  private step = 0;
  private frames = 0;
  private beganMs: number | null = null;
  private busyMs = 0;

  /** Whether the person is looked for in the next frame. */
  get isDue(): boolean {
    return this.frames % (STEPS[this.step] ?? 1) === 0;
  }

  /** A frame that came at *fromMs* was done at *toMs*. */
  judge(fromMs: number, toMs: number): Judgement {
    this.frames += 1;
    this.beganMs ??= fromMs;
    this.busyMs += toMs - fromMs;
    const passedMs = toMs - this.beganMs;
    if (passedMs < WINDOW_MS) return 'fine';
    const isBusy = this.busyMs > BUSY_MAX * passedMs;
    this.beganMs = null;
    this.busyMs = 0;
    if (!isBusy) return 'fine';
    this.step += 1;
    return this.step < STEPS.length ? 'eased' : 'slow';
  }
}
