// Finds the shapes near a place without looking at all of them. Pure. A grid of squares; what covers many of them stands apart.

import { boundsOf, overlap, type Rect } from './board-geometry';
import type { Shape } from './board-shapes';

const SQUARE_UNITS = 256;

/** A shape that covers more squares is looked at each time: the other page may have drawn one over the whole board. */
const SQUARES_MAX = 64;

interface Kept {
  readonly shape: Shape;
  readonly bounds: Rect;
}

export class BoardGrid {
  private readonly squares = new Map<string, Set<Kept>>();
  private readonly large = new Set<Kept>();
  private readonly kept = new Map<string, Kept>();

  add(shape: Shape): void {
    this.remove(shape.key);
    const kept = { shape, bounds: boundsOf(shape) };
    this.kept.set(shape.key, kept);
    const squares = squaresOf(kept.bounds);
    if (!squares) this.large.add(kept);
    for (const square of squares ?? []) {
      const those = this.squares.get(square) ?? new Set();
      this.squares.set(square, those.add(kept));
    }
  }

  remove(key: string): void {
    const kept = this.kept.get(key);
    if (!kept) return;
    this.kept.delete(key);
    this.large.delete(kept);
    for (const square of squaresOf(kept.bounds) ?? []) {
      const those = this.squares.get(square);
      those?.delete(kept);
      if (those?.size === 0) this.squares.delete(square);
    }
  }

  /** Find the shapes that may have ink in *rect*, in no order. */
  find(rect: Rect): readonly Shape[] {
    const squares = squaresOf(rect);
    // From far away all of the board is seen.
    const near = squares ? new Set(this.large) : new Set(this.kept.values());
    for (const square of squares ?? []) for (const kept of this.squares.get(square) ?? []) near.add(kept);
    return [...near].filter(({ bounds }) => overlap(bounds, rect)).map(({ shape }) => shape);
  }
}

/** Name the squares under *rect*; null if there are too many. */
function squaresOf({ left, top, right, bottom }: Rect): readonly string[] | null {
  const [west, north, east, south] = [left, top, right, bottom].map((each) =>
    Math.floor(each / SQUARE_UNITS),
  ) as [number, number, number, number];
  if ((east - west + 1) * (south - north + 1) > SQUARES_MAX) return null;
  const squares: string[] = [];
  for (let row = north; row <= south; row += 1)
    for (let column = west; column <= east; column += 1) squares.push(`${column} ${row}`);
  return squares;
}
