// Draws a frame of the camera with all that is no person blurred. Law: where nothing says that a person is there, it is blurred.

import type { Segmenter } from './segmenter';

/** The blurred picture is drawn so small, and then larger again: that alone takes most of its detail, and costs little. */
const BLURRED_WIDTH = 160;
const BLUR_PX = 4;

/** A blur takes in what is beyond the edge: there, too, is picture. */
const EDGE_PX = 3 * BLUR_PX;

/** Below the first it is surely background, above the second surely a person; in doubt rather background. */
const DOUBT_FROM = 0.4;
const DOUBT_TO = 0.8;

/** So much of each new mask counts: without the rest of the last one the edge would tremble. */
const NEW_SHARE = 0.65;

type Sheet = OffscreenCanvasRenderingContext2D;

export class BlurPainter {
  /** Null until it is loaded: everything is blurred. */
  segmenter: Segmenter | null = null;
  private readonly whole = makeSheet();
  private readonly blurred = makeSheet();
  private readonly mask = makeSheet();
  private readonly small = makeSheet({ willReadFrequently: true });
  private surely: Float32Array | null = null;

  /** Another camera sees something else. */
  forget(): void {
    this.surely = null;
  }

  /** Looks for the person anew when that *isDue*, and makes no frame that is wider than *widthMax*. The caller closes both frames. */
  paint(frame: VideoFrame, isDue: boolean, widthMax: number): VideoFrame {
    if (this.segmenter && (isDue || !this.surely)) this.look(frame, this.segmenter);
    const width = Math.min(frame.displayWidth, widthMax);
    const height = scaleHeight(frame, width);
    this.blur(frame);
    const { whole } = this;
    setSize(whole, width, height);
    whole.globalCompositeOperation = 'copy';
    if (this.surely) {
      whole.drawImage(this.mask.canvas, 0, 0, width, height);
      whole.globalCompositeOperation = 'source-in';
      whole.drawImage(frame, 0, 0, width, height);
      whole.globalCompositeOperation = 'destination-over';
    }
    whole.drawImage(this.blurred.canvas, 0, 0, width, height);
    return new VideoFrame(whole.canvas, { timestamp: frame.timestamp, alpha: 'discard' });
  }

  private blur(frame: VideoFrame): void {
    const { blurred } = this;
    const height = scaleHeight(frame, BLURRED_WIDTH);
    setSize(blurred, BLURRED_WIDTH, height);
    blurred.filter = `blur(${BLUR_PX}px)`;
    blurred.drawImage(frame, -EDGE_PX, -EDGE_PX, BLURRED_WIDTH + 2 * EDGE_PX, height + 2 * EDGE_PX);
  }

  private look(frame: VideoFrame, segmenter: Segmenter): void {
    const { rows, columns } = segmenter;
    setSize(this.small, columns, rows);
    this.small.drawImage(frame, 0, 0, columns, rows);
    const found = segmenter.segment(this.small.getImageData(0, 0, columns, rows).data);
    const pixels = new ImageData(columns, rows);
    this.surely = mixMasks(this.surely, found);
    this.surely.forEach((surely, pixel) => {
      pixels.data[4 * pixel + 3] = 255 * decide(surely);
    });
    setSize(this.mask, columns, rows);
    this.mask.putImageData(pixels, 0, 0);
  }
}

/** Mix what is *found* with what was found *before*, into a place of its own. */
export function mixMasks(before: Float32Array | null, found: Float32Array): Float32Array {
  if (!before) return found.slice();
  for (let at = 0; at < found.length; at += 1) {
    before[at] = (before[at] ?? 0) * (1 - NEW_SHARE) + (found[at] ?? 0) * NEW_SHARE;
  }
  return before;
}

/** How much of a pixel is shown sharp, from 0 to 1. */
export function decide(surely: number): number {
  return Math.min(Math.max((surely - DOUBT_FROM) / (DOUBT_TO - DOUBT_FROM), 0), 1);
}

function scaleHeight({ displayWidth, displayHeight }: VideoFrame, width: number): number {
  return Math.max(1, Math.round((width * displayHeight) / displayWidth));
}

function makeSheet(settings?: CanvasRenderingContext2DSettings): Sheet {
  const sheet = new OffscreenCanvas(1, 1).getContext('2d', settings);
  if (!sheet) throw new Error('no canvas');
  return sheet;
}

/** Setting a size empties the canvas and its settings, also where it is the same. */
function setSize({ canvas }: Sheet, width: number, height: number): void {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
}
