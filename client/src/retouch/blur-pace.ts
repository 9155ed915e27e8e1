// Decides whether the blur keeps pace with the camera. Pure: it takes the time. Law: it first looks for the person less often and draws less, and
// ends when that is not enough; it never begins anew by itself.

/** Judged over so long: a device that hiccups is not slow. */
const WINDOW_MS = 2_000;

/** Above this share of the time that passes, frames wait for frames, and the picture begins to stutter. */
const BUSY_MAX = 0.8;

/** The person is looked for in each, in each second, then in each third frame: a tenth of a second at 30 frames a second. What is
 * drawn is at most so wide: without a graphics processor each pixel costs as much as finding the person. */
const STEPS = [
  { framesPerLook: 1, widthMax: 1_280 },
  { framesPerLook: 2, widthMax: 960 },
  { framesPerLook: 3, widthMax: 640 },
] as const;

/** `slow` is for good. */
export type Judgement = 'fine' | 'eased' | 'slow';

export class BlurPace {
  private step = 0;
  private frames = 0;
  private beganMs: number | null = null;
  private busyMs = 0;

  /** Whether the person is looked for in the next frame. */
  get isDue(): boolean {
    return this.frames % this.now.framesPerLook === 0;
  }

  get widthMax(): number {
    return this.now.widthMax;
  }

  private get now() {
    return STEPS[this.step] ?? STEPS[2];
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
