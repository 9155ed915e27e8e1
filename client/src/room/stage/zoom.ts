// How a shared screen is zoomed: how large it is, and which part of it is seen. Pure. A place is given in parts of the window
// that shows the screen, from its middle: { x: 0.5, y: 0 } is the middle of its right edge.

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The screen is *scale* times as large as when it is seen whole, and its middle lies at *middle*. */
export interface Zoom {
  readonly scale: number;
  readonly middle: Place;
}

/** How much of the window the whole screen fills, 0 to 1: beside or above it the window is empty. */
export interface Fill {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: Zoom = { scale: 1, middle: { x: 0, y: 0 } };

/** The letters of a screen of 4K on a phone are as large as on the screen itself. */
export const SCALE_MAX = 8;

const TAPPED_SCALE = 2.5;
const KEY_FACTOR = 1.25;
const KEY_STEP = 0.1;

/** Measure how a screen fills a window of this size; all of it while a size is not known yet. */
export function fillOf(screen: Readonly<Fill>, window: Readonly<Fill>): Fill {
  const aspect = screen.width / screen.height / (window.width / window.height);
  if (!(aspect > 0 && aspect < Number.POSITIVE_INFINITY)) return { width: 1, height: 1 };
  return { width: Math.min(1, aspect), height: Math.min(1, 1 / aspect) };
}

/** Make the screen *scale* times as large; what is seen at *at* stays there as far as the edges allow. */
export function zoomTo({ scale, middle }: Zoom, wanted: number, at: Place, fill: Fill): Zoom {
  const next = Math.min(SCALE_MAX, Math.max(1, wanted));
  const grow = next / scale;
  const moved = { x: at.x + (middle.x - at.x) * grow, y: at.y + (middle.y - at.y) * grow };
  return { scale: next, middle: keepIn(moved, next, fill) };
}

export function pan({ scale, middle }: Zoom, by: Place, fill: Fill): Zoom {
  return { scale, middle: keepIn({ x: middle.x + by.x, y: middle.y + by.y }, scale, fill) };
}

/** Follow one of two fingers from *from* to *to*; the other one rests at *rest*. */
export function pinch(zoom: Zoom, from: Place, to: Place, rest: Place, fill: Fill): Zoom {
  const apart = Math.hypot(from.x - rest.x, from.y - rest.y);
  const grow = apart > 0 ? Math.hypot(to.x - rest.x, to.y - rest.y) / apart : 1;
  const by = { x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 };
  return zoomTo(pan(zoom, by, fill), zoom.scale * grow, middleOf(to, rest), fill);
}

/** A double tap shows what lies under it large, or the whole screen again. */
export function toggle(zoom: Zoom, at: Place, fill: Fill): Zoom {
  return zoom.scale > 1 ? WHOLE : zoomTo(zoom, TAPPED_SCALE, at, fill);
}

/** Do what *key* asks; null for a key that is none of these. An arrow shows more of its side. */
export function zoomByKey(zoom: Zoom, key: string, fill: Fill): Zoom | null {
  const centre = WHOLE.middle;
  switch (key) {
    case '+':
    case '=':
      return zoomTo(zoom, zoom.scale * KEY_FACTOR, centre, fill);
    case '-':
      return zoomTo(zoom, zoom.scale / KEY_FACTOR, centre, fill);
    case '0':
      return WHOLE;
    case 'ArrowLeft':
      return pan(zoom, { x: KEY_STEP, y: 0 }, fill);
    case 'ArrowRight':
      return pan(zoom, { x: -KEY_STEP, y: 0 }, fill);
    case 'ArrowUp':
      return pan(zoom, { x: 0, y: KEY_STEP }, fill);
    case 'ArrowDown':
      return pan(zoom, { x: 0, y: -KEY_STEP }, fill);
    default:
      return null;
  }
}

function middleOf(one: Place, other: Place): Place {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

/** No edge of the screen comes further in than the window's; what is smaller than the window stays in its middle. */
function keepIn({ x, y }: Place, scale: number, fill: Fill): Place {
  const reach = (part: number) => Math.max(0, (part * scale - 1) / 2);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return { x: within(x, reach(fill.width)), y: within(y, reach(fill.height)) };
}
