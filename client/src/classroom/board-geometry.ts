// Where a shape lies on the board, and what a pointer meets there. Pure. Everything in board units.

import { LETTER_UNITS, LINE_UNITS, type Place, type Shape, type Text } from './board-shapes';

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** From one baseline to the next, in heights of the letters. */
export const LINE_HEIGHT = 1.3;

/** How broad letters are on average, in their height: nobody measures them here, and fonts differ. */
const LATIN_BROAD = 0.58;
const WIDE_BROAD = 1.05;
/** Chinese, Japanese, Korean and pictures. */
const WIDE_FROM = 0x2e80;

/** The sides of an arrow's head, in widths of its line, and at least. */
const HEAD_WIDTHS = 3.5;
const HEAD_UNITS_MIN = 14;
const HEAD_ANGLE = Math.PI / 7;

/** Find what *shape* covers, its ink and all. */
export function boundsOf(shape: Shape): Rect {
  switch (shape.kind) {
    case 'stroke':
      return grow(around(shape.points), LINE_UNITS[shape.width]);
    case 'text':
      return { left: shape.x, top: shape.y, ...cornerOf(shape) };
    case 'picture':
      return {
        left: shape.x,
        top: shape.y,
        right: shape.x + shape.across,
        bottom: shape.y + shape.down,
      };
    default:
      return grow(
        around([shape, shape.to]),
        LINE_UNITS[shape.width] + (shape.kind === 'arrow' ? headOf(LINE_UNITS[shape.width]) : 0),
      );
  }
}

/** Find what all of *rects* cover together; null for none. */
export function unite(rects: readonly Rect[]): Rect | null {
  const [first, ...others] = rects;
  if (!first) return null;
  return others.reduce(
    (all, each) => ({
      left: Math.min(all.left, each.left),
      top: Math.min(all.top, each.top),
      right: Math.max(all.right, each.right),
      bottom: Math.max(all.bottom, each.bottom),
    }),
    first,
  );
}

export function overlap(one: Rect, other: Rect): boolean {
  return (
    one.left <= other.right && other.left <= one.right && one.top <= other.bottom && other.top <= one.bottom
  );
}

/** Tell whether *one* covers all of *other*. */
export function covers(one: Rect, other: Rect): boolean {
  return (
    one.left <= other.left && one.top <= other.top && one.right >= other.right && one.bottom >= other.bottom
  );
}

/** Find how much of *other* lies in *one*, from 0 to 1. */
export function shareIn(one: Rect, other: Rect): number {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  const all = (other.right - other.left) * (other.bottom - other.top);
  return all > 0 ? (Math.max(0, across) * Math.max(0, down)) / all : 0;
}

/** Find the parts of *one* that *other* does not cover; they may overlap. */
export function without(one: Rect, other: Rect): readonly Rect[] {
  if (!overlap(one, other)) return [one];
  const sides: readonly Rect[] = [
    { ...one, right: Math.min(one.right, other.left) },
    { ...one, left: Math.max(one.left, other.right) },
    { ...one, bottom: Math.min(one.bottom, other.top) },
    { ...one, top: Math.max(one.top, other.bottom) },
  ];
  return sides.filter(({ left, top, right, bottom }) => left < right && top < bottom);
}

export function grow({ left, top, right, bottom }: Rect, by: number): Rect {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/** Tell whether a way from *from* to *to* comes within *reach* of *shape*'s ink. */
export function meets(shape: Shape, from: Place, to: Place, reach: number): boolean {
  if (!overlap(grow(boundsOf(shape), reach), around([from, to]))) return false;
  if (shape.kind === 'text' || shape.kind === 'picture') return true;
  const within = reach + LINE_UNITS[shape.width] / 2;
  return linesOf(shape).some(([one, other]) => distance(one, other, from, to) <= within);
}

/** The two ends of an arrow's head, whose tip is at *tip*. */
export function headAt(from: Place, tip: Place, width: number): readonly [Place, Place] {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const length = Math.min(headOf(width), Math.max(width, Math.hypot(tip.x - from.x, tip.y - from.y)));
  const end = (turn: number): Place => ({
    x: tip.x - length * Math.cos(angle + turn),
    y: tip.y - length * Math.sin(angle + turn),
  });
  return [end(HEAD_ANGLE), end(-HEAD_ANGLE)];
}

/** Find the rectangle around *places*, of which there is one at least. */
export function around(places: readonly Place[]): Rect {
  const [{ x, y } = { x: 0, y: 0 }] = places;
  let [left, top, right, bottom] = [x, y, x, y];
  for (const place of places) {
    left = Math.min(left, place.x);
    right = Math.max(right, place.x);
    top = Math.min(top, place.y);
    bottom = Math.max(bottom, place.y);
  }
  return { left, top, right, bottom };
}

function headOf(width: number): number {
  return Math.max(HEAD_UNITS_MIN, HEAD_WIDTHS * width);
}

function cornerOf({ x, y, text, width }: Text): { right: number; bottom: number } {
  const letter = LETTER_UNITS[width];
  const lines = text.split('\n');
  const broadest = Math.max(...lines.map(breadthOf));
  return { right: x + broadest * letter, bottom: y + lines.length * LINE_HEIGHT * letter };
}

function breadthOf(line: string): number {
  return Array.from(line).reduce(
    (sum, letter) => sum + ((letter.codePointAt(0) ?? 0) >= WIDE_FROM ? WIDE_BROAD : LATIN_BROAD),
    0,
  );
}

type Line = readonly [Place, Place];

function linesOf(shape: Exclude<Shape, { kind: 'text' | 'picture' }>): readonly Line[] {
  if (shape.kind === 'stroke') {
    const { points } = shape;
    return points.map((point, index): Line => [points[Math.max(0, index - 1)] ?? point, point]);
  }
  if (shape.kind !== 'box') return [[shape, shape.to]];
  const corners = [shape, { x: shape.to.x, y: shape.y }, shape.to, { x: shape.x, y: shape.to.y }];
  return corners.map((corner, index): Line => [corner, corners[(index + 1) % corners.length] ?? corner]);
}

/** How near two lines come to each other. */
function distance(a: Place, b: Place, c: Place, d: Place): number {
  if (cross(a, b, c, d)) return 0;
  return Math.min(toLine(a, c, d), toLine(b, c, d), toLine(c, a, b), toLine(d, a, b));
}

function cross(a: Place, b: Place, c: Place, d: Place): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** On which side of the line from *a* to *b* *c* lies. */
function side(a: Place, b: Place, c: Place): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function toLine(place: Place, from: Place, to: Place): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : ((place.x - from.x) * dx + (place.y - from.y) * dy) / square;
  const at = Math.max(0, Math.min(1, share));
  return Math.hypot(place.x - from.x - at * dx, place.y - from.y - at * dy);
}
