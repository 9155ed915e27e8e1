// A canvas with the finished part of the board on it, somewhat larger than the window: while the board is moved it is only shifted.
// Painted in slices, so that no frame waits for ten thousand strokes.

import { boundsOf, grow, LINE_HEIGHT, type Rect } from './board-geometry';
import { pathOf } from './board-path';
import { isFixed } from './board-places';
import {
  type Colour,
  compareShapes,
  LETTER_UNITS,
  LINE_UNITS,
  type Picture,
  type Shape,
  type Text,
} from './board-shapes';
import { BASELINE, isRightToLeft } from './board-svg';
import { type Size, toBoard, type View } from './board-view';

/** So much more than the window is painted on each side, CSS pixels. */
const MARGIN_PX = 160;

/** What is painted with. */
export interface Ink {
  readonly colours: Readonly<Record<Colour, string>>;
  /** Where a picture will be. */
  readonly empty: string;
  readonly fontFamily: string;
  /** A picture's pixels, once they are decoded. */
  readonly pictureOf: (shape: Shape) => CanvasImageSource | null;
}

type Paint = CanvasRenderingContext2D;

/** The path of a shape is made once: a shape that changes is another one. */
const paths = new WeakMap<Shape, Path2D>();

export class BoardLayer {
  readonly canvas = document.createElement('canvas');
  private readonly paint: Paint | null;
  private waiting: Iterator<Shape> | null = null;
  private isClipped = false;

  /** *ratio*: device pixels a CSS pixel. */
  constructor(
    readonly view: View,
    readonly size: Size,
    readonly ratio: number,
    private readonly ink: Ink,
  ) {
    this.canvas.width = Math.ceil((size.across + 2 * MARGIN_PX) * ratio);
    this.canvas.height = Math.ceil((size.down + 2 * MARGIN_PX) * ratio);
    this.paint = this.canvas.getContext('2d');
    this.place();
  }

  /** The part of the board that is on it. */
  get part(): Rect {
    const { x, y } = this.origin;
    const { scale } = this.view;
    const [across, down] = [this.size.across + 2 * MARGIN_PX, this.size.down + 2 * MARGIN_PX];
    return { left: x, top: y, right: x + across / scale, bottom: y + down / scale };
  }

  get origin() {
    return toBoard(this.view, { x: -MARGIN_PX, y: -MARGIN_PX });
  }

  /** Tell whether what is on *other* can be copied here, pixel for pixel. */
  isAlike(other: BoardLayer): boolean {
    const isLarge = this.size === other.size && this.ratio === other.ratio;
    return isLarge && this.view.scale === other.view.scale;
  }

  /** Paint *shapes* on it, by `go`: within *parts*, where the rest is on *before* already. */
  begin(shapes: readonly Shape[], before: BoardLayer | null = null, parts: readonly Rect[] = []): void {
    this.waiting = [...shapes].sort(compareShapes)[Symbol.iterator]();
    const { paint } = this;
    if (!paint || !before) return;
    const { scale } = this.view;
    const { x, y } = before.origin;
    const own = this.origin;
    paint.setTransform(1, 0, 0, 1, 0, 0);
    const place = (units: number) => Math.round(units * scale * this.ratio);
    paint.drawImage(before.canvas, place(x - own.x), place(y - own.y));
    this.place();
    paint.beginPath();
    for (const { left, top, right, bottom } of parts) paint.rect(left, top, right - left, bottom - top);
    paint.save();
    paint.clip();
    for (const { left, top, right, bottom } of parts) paint.clearRect(left, top, right - left, bottom - top);
    this.isClipped = true;
  }

  /** Go on painting while *hasTime*; returns whether all is painted. */
  go(hasTime: () => boolean): boolean {
    while (this.paint && this.waiting && hasTime()) {
      const next = this.waiting.next();
      if (next.done) this.finish();
      else drawShape(this.paint, next.value, this.ink);
    }
    return !this.waiting || !this.paint;
  }

  /** Paint *shape* over all that is on it. */
  paintOver(shape: Shape): void {
    if (this.paint) drawShape(this.paint, shape, this.ink);
  }

  /** Paint a part anew, with the *shapes* that have ink there. */
  repaint(part: Rect, shapes: readonly Shape[]): void {
    const { paint } = this;
    if (!paint) return;
    // What is smoothed at an edge reaches a pixel further.
    const { left, top, right, bottom } = grow(part, 2 / this.view.scale);
    paint.save();
    paint.beginPath();
    paint.rect(left, top, right - left, bottom - top);
    paint.clip();
    paint.clearRect(left, top, right - left, bottom - top);
    for (const shape of [...shapes].sort(compareShapes)) drawShape(paint, shape, this.ink);
    paint.restore();
  }

  /** Give its memory back at once: Safari waits long, and has little. */
  drop(): void {
    this.canvas.width = this.canvas.height = 0;
  }

  private finish(): void {
    this.waiting = null;
    if (this.isClipped) this.paint?.restore();
    this.isClipped = false;
  }

  private place(): void {
    const factor = this.view.scale * this.ratio;
    const { x, y } = this.origin;
    this.paint?.setTransform(factor, 0, 0, factor, -x * factor, -y * factor);
  }
}

/** Draw *shape* where the board's units are those of *paint*. */
export function drawShape(paint: Paint, shape: Shape, ink: Ink): void {
  if (shape.kind === 'picture') {
    const { x, y, across, down } = shape;
    const picture = ink.pictureOf(shape);
    paint.fillStyle = ink.empty;
    if (picture) paint.drawImage(picture, x, y, across, down);
    else paint.fillRect(x, y, across, down);
    if (isFixed(shape)) drawEdge(paint, shape, ink);
    return;
  }
  paint.fillStyle = paint.strokeStyle = ink.colours[shape.colour];
  if (shape.kind === 'text') drawText(paint, shape, ink);
  else if (shape.kind === 'stroke') paint.fill(pathFor(shape));
  else {
    paint.lineWidth = LINE_UNITS[shape.width];
    paint.lineCap = paint.lineJoin = 'round';
    paint.stroke(pathFor(shape));
  }
}

/** White paper on a white board ends somewhere. */
function drawEdge(paint: Paint, { x, y, across, down }: Picture, ink: Ink): void {
  paint.strokeStyle = ink.empty;
  paint.lineWidth = 2;
  paint.strokeRect(x + 1, y + 1, across - 2, down - 2);
}

function pathFor(shape: Exclude<Shape, { kind: 'text' | 'picture' }>): Path2D {
  let path = paths.get(shape);
  if (!path) {
    path = new Path2D(pathOf(shape));
    paths.set(shape, path);
  }
  return path;
}

/** As in the SVG: the left edge is where it was put, in any direction. */
function drawText(paint: Paint, shape: Text, { fontFamily }: Ink): void {
  const letter = LETTER_UNITS[shape.width];
  paint.font = `${letter}px ${fontFamily}`;
  paint.textAlign = 'left';
  shape.text.split('\n').forEach((line, index) => {
    paint.direction = isRightToLeft(line) ? 'rtl' : 'ltr';
    paint.fillText(line, shape.x, shape.y + (BASELINE + index * LINE_HEIGHT) * letter);
  });
}

/** Tell what has to be painted anew where *shape* comes or goes. */
export function partOf(shape: Shape): Rect {
  const bounds = boundsOf(shape);
  // A text's breadth is a guess.
  return shape.kind === 'text' ? { ...bounds, right: bounds.right + (bounds.right - bounds.left) } : bounds;
}
