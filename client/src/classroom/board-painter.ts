// Paints the board: one canvas for what is finished, and one above it for what moves. Law: no frame paints longer than a few
// milliseconds, however much is on the board; what is not ready is shown as it was, shifted and scaled.

import { covers, grow, overlap, type Rect, shareIn, without } from './board-geometry';
import { BoardLayer, drawShape, type Ink, partOf } from './board-layer';
import { BoardPace } from './board-pace';
import type { Draft, Place, Shape } from './board-shapes';
import type { Pointer } from './board-signs';
import { FIRST_VIEW, type Size, shownIn, toWindow, type View } from './board-view';

/** At the edge of a layer a pixel may be half painted, CSS pixels. */
const EDGE_PX = 2;

/** The next layer is begun while there is still so much beyond the window, CSS pixels. */
const SPARE_PX = 60;

/** While the board grows or shrinks nothing is painted but what there is, larger or smaller: as long as that fills half of the window.
 * Whoever zooms sees every frame, and what is sharp so long after. */
const STILL_MS = 100;
const SHARE_MIN = 0.5;

/** More changes at once are painted in slices. */
const CHANGES_MAX = 60;

const POINTER_PX = 6;

/** What moves. */
export interface Moving {
  readonly own: Draft | null;
  readonly theirs: Pointer | null;
  /** Where the own laser is, and the place that the keyboard moves. */
  readonly laser: Place | null;
  readonly cursor: Place | null;
}

/** The other person, beside their pointer. */
export interface Owner {
  readonly name: string;
  readonly colour: string;
  readonly ink: string;
}

/** What the painter needs of the board. */
export interface PainterHost {
  readonly find: (part: Rect) => readonly Shape[];
  readonly readMoving: () => Moving;
  readonly readInk: () => Ink & { readonly laser: string; readonly owner: Owner };
}

export class BoardPainter {
  view: View = FIRST_VIEW;
  private size: Size = { across: 0, down: 0 };
  private ratio = 1;
  private front: BoardLayer | null = null;
  /** The next front, while it is painted. */
  private back: BoardLayer | null = null;
  /** What has changed since the next front was begun, or null if all of it has. */
  private changed: Rect[] | null = [];
  /** What has been drawn above all since then. */
  private over: Shape[] = [];
  private asked = 0;
  /** Whether the window shows something else than the front does. */
  private isStale = true;
  private readonly pace = new BoardPace();
  private scaledMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly finished: HTMLCanvasElement,
    private readonly moving: HTMLCanvasElement,
    private readonly host: PainterHost,
  ) {}

  /** The window has another size, or another scale of its pixels. */
  resize(size: Size, ratio: number): void {
    this.size = size;
    this.ratio = ratio;
    for (const canvas of [this.finished, this.moving]) {
      canvas.width = Math.round(size.across * ratio);
      canvas.height = Math.round(size.down * ratio);
    }
    this.isStale = true;
    this.paintAll();
  }

  /** Paint all of it anew, in slices: other colours, or more than a few changes. What is being painted is finished first. */
  paintAll(): void {
    this.changed = null;
    this.ask();
  }

  /** Paint *shapes* over all the others: on a full board that is much less than to paint their parts anew. */
  paintOver(shapes: readonly Shape[]): void {
    if (shapes.length > CHANGES_MAX) {
      this.paintAll();
      return;
    }
    for (const shape of shapes) this.front?.paintOver(shape);
    if (this.back) this.over.push(...shapes);
    if (this.over.length > CHANGES_MAX) this.changed = null;
    this.askStale();
  }

  /** Paint *parts* anew. */
  repaint(parts: readonly Rect[]): void {
    if (parts.length > CHANGES_MAX) this.changed = null;
    else if (this.front) this.repaintOn(this.front, parts);
    // What is being painted shows them as they were.
    if (this.back && this.changed) {
      this.changed.push(...parts);
      if (this.changed.length > CHANGES_MAX) this.changed = null;
    }
    this.askStale();
  }

  show(view: View): void {
    if (view.scale !== this.view.scale) this.scaledMs = performance.now();
    this.view = view;
    this.askStale();
  }

  private askStale(): void {
    this.isStale = true;
    this.ask();
  }

  /** Paint in the next frame. */
  ask(): void {
    if (this.asked === 0) this.asked = requestAnimationFrame(() => this.frame());
  }

  stop(): void {
    cancelAnimationFrame(this.asked);
    this.asked = -1;
    this.front?.drop();
    this.back?.drop();
  }

  private frame(): void {
    this.asked = 0;
    if (this.size.across === 0) return;
    const ink = this.host.readInk();
    if (this.isZooming()) this.ask();
    else this.paintNext(ink);
    if (this.isStale || !this.front) this.compose();
    this.paintMoving(ink);
  }

  /** Go on with the next front, or begin it. */
  private paintNext(ink: Ink): void {
    if (this.back && this.front && this.back.view.scale !== this.view.scale && this.isHalfFull()) {
      // Nobody would see it sharp: another one is begun.
      this.back.drop();
      this.back = this.changed = null;
    }
    if (this.back) this.paintSlice(this.back);
    else if (this.isCurrent()) return;
    // To find thousands of shapes takes half a frame: they are painted from the next one on.
    else this.back = this.begin(ink);
    this.ask();
  }

  private paintSlice(back: BoardLayer): void {
    const begunMs = performance.now();
    if (back.go(this.pace.begin(begunMs, () => performance.now()))) this.turn(back);
    // A browser without a graphics card paints on this thread, at the end of the frame.
    setTimeout(() => this.pace.hear(performance.now() - begunMs), 0);
  }

  private isZooming(): boolean {
    return performance.now() - this.scaledMs < STILL_MS && this.isHalfFull();
  }

  /** Whether the front fills half of the window, or more. */
  private isHalfFull(): boolean {
    const { front, view, size } = this;
    return front !== null && shareIn(front.part, shownIn(view, size)) >= SHARE_MIN;
  }

  private isCurrent(): boolean {
    const { front, view, size, ratio } = this;
    return (
      front !== null &&
      this.changed !== null &&
      front.size === size &&
      front.ratio === ratio &&
      front.view.scale === view.scale &&
      covers(front.part, grow(shownIn(view, size), SPARE_PX / view.scale))
    );
  }

  /** Begin the next front. What is on this one is not painted again where the board was only moved. */
  private begin(ink: Ink): BoardLayer {
    const { front, size, ratio } = this;
    const back = new BoardLayer(this.onPixels(), size, ratio, ink);
    const before = front && this.changed && back.isAlike(front) ? front : null;
    const parts = before ? without(back.part, grow(before.part, -EDGE_PX / back.view.scale)) : [back.part];
    const shapes = new Set(parts.flatMap((part) => this.host.find(grow(part, 2 / back.view.scale))));
    back.begin([...shapes], before, parts);
    this.changed = [];
    this.over = [];
    return back;
  }

  /** The view, moved by less than a pixel so that the front's pixels are this one's. */
  private onPixels(): View {
    const { front, view, ratio } = this;
    if (front?.view.scale !== view.scale) return view;
    const factor = view.scale * ratio;
    const snap = (at: number, from: number) => from + Math.round((at - from) * factor) / factor;
    return { ...view, x: snap(view.x, front.view.x), y: snap(view.y, front.view.y) };
  }

  private turn(back: BoardLayer): void {
    this.front?.drop();
    this.front = back;
    this.back = null;
    this.isStale = true;
    this.pace.rest();
    if (!this.changed) return;
    // A part that has changed since one drew there is painted after that, as it is now.
    for (const shape of this.over) back.paintOver(shape);
    this.repaintOn(back, this.changed);
    this.changed = [];
  }

  private repaintOn(layer: BoardLayer, parts: readonly Rect[]): void {
    for (const part of parts)
      if (overlap(part, layer.part)) layer.repaint(part, this.host.find(grow(part, 2 / layer.view.scale)));
  }

  /** Put the front, or for the first time what there is of it, where it belongs. */
  private compose(): void {
    this.isStale = false;
    const paint = this.finished.getContext('2d');
    const layer = this.front ?? this.back;
    if (!paint || !layer) return;
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, this.finished.width, this.finished.height);
    const times = this.view.scale / layer.view.scale;
    const { x, y } = toWindow(this.view, layer.origin);
    const factor = (this.ratio / layer.ratio) * times;
    paint.drawImage(
      layer.canvas,
      Math.round(x * this.ratio),
      Math.round(y * this.ratio),
      layer.canvas.width * factor,
      layer.canvas.height * factor,
    );
  }

  private paintMoving(ink: ReturnType<PainterHost['readInk']>): void {
    const paint = this.moving.getContext('2d');
    if (!paint) return;
    const { own, theirs, laser, cursor } = this.host.readMoving();
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, this.moving.width, this.moving.height);
    const { x, y, scale } = this.view;
    const factor = scale * this.ratio;
    paint.setTransform(factor, 0, 0, factor, -x * factor, -y * factor);
    for (const draft of [own, theirs?.live])
      if (draft) drawShape(paint, { ...draft, key: '', z: 0 } as Shape, ink);
    paint.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (theirs) this.paintPointer(paint, theirs, ink);
    if (laser) paintDot(paint, toWindow(this.view, laser), ink.laser);
    if (cursor) paintCross(paint, toWindow(this.view, cursor), ink.colours.ink);
  }

  private paintPointer(
    paint: CanvasRenderingContext2D,
    theirs: Pointer,
    ink: ReturnType<PainterHost['readInk']>,
  ): void {
    const { owner } = ink;
    // Beyond the edge it stands at the edge: one sees where to look.
    const place = toWindow(this.view, theirs);
    const within = (at: number, length: number) => Math.max(POINTER_PX, Math.min(length - POINTER_PX, at));
    const at = { x: within(place.x, this.size.across), y: within(place.y, this.size.down) };
    if (theirs.isLaser) paintDot(paint, at, ink.laser);
    else {
      paint.fillStyle = owner.colour;
      paint.beginPath();
      paint.arc(at.x, at.y, POINTER_PX, 0, 2 * Math.PI);
      paint.fill();
    }
    paint.font = `600 12px ${ink.fontFamily}`;
    const across = Math.min(120, paint.measureText(owner.name).width) + 12;
    const left = at.x + 10 + across > this.size.across ? at.x - 10 - across : at.x + 10;
    const top = at.y + 30 > this.size.down ? at.y - 30 : at.y + 10;
    paint.fillStyle = owner.colour;
    paint.fillRect(left, top, across, 20);
    paint.fillStyle = owner.ink;
    paint.textAlign = 'left';
    paint.fillText(owner.name, left + 6, top + 14, across - 12);
  }
}

/** Find what has to be painted anew where a shape was, or is. */
export function partsOf(shapes: readonly (Shape | null)[]): readonly Rect[] {
  return shapes.flatMap((shape) => (shape ? [partOf(shape)] : []));
}

function paintDot(paint: CanvasRenderingContext2D, { x, y }: Place, colour: string): void {
  paint.fillStyle = colour;
  for (const [radius, alpha] of [
    [14, 0.25],
    [6, 1],
  ] as const) {
    paint.globalAlpha = alpha;
    paint.beginPath();
    paint.arc(x, y, radius, 0, 2 * Math.PI);
    paint.fill();
  }
  paint.globalAlpha = 1;
}

function paintCross(paint: CanvasRenderingContext2D, { x, y }: Place, colour: string): void {
  paint.strokeStyle = colour;
  paint.lineWidth = 2;
  paint.beginPath();
  paint.moveTo(x - 12, y);
  paint.lineTo(x + 12, y);
  paint.moveTo(x, y - 12);
  paint.lineTo(x, y + 12);
  paint.stroke();
}
