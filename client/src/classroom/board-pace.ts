// How many shapes are painted in a frame. Pure: times come in. What a script draws a browser may paint only later: on its own thread,
// where only late frames tell of it, or on the page's, where the frame lasts longer. Law: who draws meanwhile sees every frame.

const SHAPES_FIRST = 120;
const SHAPES_MIN = 40;
const SHAPES_MAX = 4_000;

/** Of the 16 ms of a frame; the rest is for what else happens in it. */
const PAINTING_MS_MAX = 6;
const FRAME_MS_GOOD = 9;
const FRAME_MS_LONG = 12;

/** From one frame to the next. */
const PASSED_MS_LATE = 20;

const GROWTH = 1.25;
/** Where a frame was late before, it is not tried often whether it still would be. */
const GROWTH_AFTER_LATE = 1.03;

export class BoardPace {
  /** So many shapes are painted in a frame. */
  shapes = SHAPES_FIRST;
  private growth = GROWTH;
  private frameMs = Number.NEGATIVE_INFINITY;

  /** Begin a frame in which something is painted. The function tells whether there is still time: it is asked before each shape. */
  begin(nowMs: number, readMs: () => number): () => boolean {
    const passedMs = nowMs - this.frameMs;
    if (passedMs > PASSED_MS_LATE && passedMs < Number.POSITIVE_INFINITY) {
      this.growth = GROWTH_AFTER_LATE;
      this.shrink(0.5);
    }
    this.frameMs = nowMs;
    let left = this.shapes;
    return () => {
      left -= 1;
      return left >= 0 && readMs() < nowMs + PAINTING_MS_MAX;
    };
  }

  /** Such a frame took *tookMs*, with what the browser did at its end. */
  hear(tookMs: number): void {
    if (tookMs > FRAME_MS_LONG) this.shrink(FRAME_MS_GOOD / tookMs);
    else if (tookMs < FRAME_MS_GOOD) this.shapes = Math.min(SHAPES_MAX, Math.ceil(this.shapes * this.growth));
  }

  /** What comes next is not the next frame of this. */
  rest(): void {
    this.frameMs = Number.NEGATIVE_INFINITY;
  }

  private shrink(times: number): void {
    this.shapes = Math.max(SHAPES_MIN, Math.round(this.shapes * times));
  }
}
