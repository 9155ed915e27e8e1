// Which part of the board is seen, and how large. Pure. A view's place is what lies at the top left of the window; the window's own
// places are in CSS pixels from there.

import type { Rect } from './board-geometry';
import { PLACE_MAX, type Place } from './board-shapes';

export interface View extends Place {
  /** CSS pixels a unit. */
  readonly scale: number;
}

/** A window's size, CSS pixels. */
export interface Size {
  readonly across: number;
  readonly down: number;
}

export const SCALE_MIN = 0.1;
export const SCALE_MAX = 4;

export const FIRST_VIEW: View = { x: 0, y: 0, scale: 1 };

/** Around what is shown whole there is room, CSS pixels. */
const MARGIN_PX = 24;

export function toBoard({ x, y, scale }: View, at: Place): Place {
  return { x: x + at.x / scale, y: y + at.y / scale };
}

export function toWindow({ x, y, scale }: View, place: Place): Place {
  return { x: (place.x - x) * scale, y: (place.y - y) * scale };
}

/** Find the part of the board that a window of *size* shows. */
export function shownIn(view: View, { across, down }: Size): Rect {
  const { x, y, scale } = view;
  return { left: x, top: y, right: x + across / scale, bottom: y + down / scale };
}

/** Move the board with fingers: what was under *before* is under *after*. With two, it grows as they part. */
export function follow(view: View, before: readonly Place[], after: readonly Place[]): View {
  const [from, to] = [middleOf(before), middleOf(after)];
  const moved = bound({
    ...view,
    x: view.x - (to.x - from.x) / view.scale,
    y: view.y - (to.y - from.y) / view.scale,
  });
  const [apartBefore, apartAfter] = [apart(before), apart(after)];
  return apartBefore > 0 && apartAfter > 0 ? zoomAt(moved, to, apartAfter / apartBefore) : moved;
}

/** Enlarge the board *times*; what is at *at* of the window stays there. */
export function zoomAt(view: View, at: Place, times: number): View {
  const scale = Math.max(SCALE_MIN, Math.min(SCALE_MAX, view.scale * times));
  const place = toBoard(view, at);
  return bound({ x: place.x - at.x / scale, y: place.y - at.y / scale, scale });
}

/** Show all of *rect* in the middle of a window, at most as large as it is. */
export function showWhole({ left, top, right, bottom }: Rect, { across, down }: Size): View {
  const room = (pixels: number, units: number) => Math.max(1, pixels - 2 * MARGIN_PX) / Math.max(1, units);
  const scale = Math.max(SCALE_MIN, Math.min(1, room(across, right - left), room(down, bottom - top)));
  return bound({ x: (left + right - across / scale) / 2, y: (top + bottom - down / scale) / 2, scale });
}

/** Move the board as little as is needed to show *place*, and some of what lies around it. */
export function reveal(view: View, place: Place, size: Size): View {
  const { x, y } = toWindow(view, place);
  const past = (at: number, length: number) =>
    Math.min(0, at - MARGIN_PX) + Math.max(0, at + MARGIN_PX - length);
  return bound({
    ...view,
    x: view.x + past(x, size.across) / view.scale,
    y: view.y + past(y, size.down) / view.scale,
  });
}

function bound({ x, y, scale }: View): View {
  const within = (number: number) => Math.max(-PLACE_MAX, Math.min(PLACE_MAX, number));
  return { x: within(x), y: within(y), scale };
}

function middleOf(places: readonly Place[]): Place {
  const sum = (pick: (place: Place) => number) => places.reduce((all, place) => all + pick(place), 0);
  const count = Math.max(1, places.length);
  return { x: sum(({ x }) => x) / count, y: sum(({ y }) => y) / count };
}

function apart([one, other]: readonly Place[]): number {
  return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}
