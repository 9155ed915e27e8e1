// What fingers, mouse, wheel and keys on a shared screen ask of its zoom: pinch and drag, double tap, + − 0 and the arrows.

import { type Fill, type Place, pan, pinch, toggle, WHOLE, type Zoom, zoomByKey, zoomTo } from './zoom';

/** A finger that goes further does not tap. */
const TAP_PX_MAX = 12;
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_PX = 40;

/** A turn of the wheel by so much makes the screen e times as large. */
const WHEEL_PX = 240;
/** A browser tells a pinch of a touchpad as a short turn with Ctrl. */
const TOUCHPAD_PX = 100;

interface Finger {
  readonly downX: number;
  readonly downY: number;
  readonly at: Place;
  /** A finger that was one of two does not tap. */
  readonly hasPinched: boolean;
}

/** The handlers of an element that lies over the screen. *change* is given how the zoom changes; *fill* tells what the screen
 * fills of that element now. */
export function zoomGestures(change: (by: (zoom: Zoom) => Zoom) => void, fill: () => Fill) {
  const fingers = new Map<number, Finger>();
  let tapped: { readonly x: number; readonly y: number; readonly ms: number } | null = null;

  const lift = (event: PointerEvent) => {
    const { clientX: x, clientY: y, timeStamp: ms, pointerId } = event;
    const finger = fingers.get(pointerId);
    fingers.delete(pointerId);
    if (!finger) return;
    const isStill = Math.hypot(x - finger.downX, y - finger.downY) < TAP_PX_MAX;
    const isTap = isStill && !finger.hasPinched && event.type === 'pointerup';
    const before = tapped;
    tapped = isTap ? { x, y, ms } : null;
    if (!isTap || !before || ms - before.ms > DOUBLE_TAP_MS) return;
    if (Math.hypot(x - before.x, y - before.y) > DOUBLE_TAP_PX) return;
    tapped = null;
    change((zoom) => toggle(zoom, finger.at, fill()));
  };

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || fingers.size > 1) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      const { clientX: downX, clientY: downY } = event;
      fingers.set(event.pointerId, { downX, downY, at: placeOf(event), hasPinched: false });
      if (fingers.size < 2) return;
      for (const [id, finger] of fingers) fingers.set(id, { ...finger, hasPinched: true });
    },
    onPointerMove: (event: PointerEvent) => {
      const finger = fingers.get(event.pointerId);
      if (!finger) return;
      const [from, to] = [finger.at, placeOf(event)];
      fingers.set(event.pointerId, { ...finger, at: to });
      const rest = [...fingers].find(([id]) => id !== event.pointerId)?.[1].at;
      const by = { x: to.x - from.x, y: to.y - from.y };
      change((zoom) => (rest ? pinch(zoom, from, to, rest, fill()) : pan(zoom, by, fill())));
    },
    onPointerUp: lift,
    onPointerCancel: lift,
    onWheel: (event: WheelEvent) => {
      event.preventDefault();
      const at = placeOf(event);
      const grow = Math.exp(-event.deltaY / (event.ctrlKey ? TOUCHPAD_PX : WHEEL_PX));
      change((zoom) => zoomTo(zoom, zoom.scale * grow, at, fill()));
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !zoomByKey(WHOLE, event.key, fill())) return;
      event.preventDefault();
      change((zoom) => zoomByKey(zoom, event.key, fill()) ?? zoom);
    },
    /** For Enter, and for the click of assistive technology: a pointer's own click does nothing. */
    onClick: ({ detail }: MouseEvent) => {
      if (detail === 0) change((zoom) => toggle(zoom, WHOLE.middle, fill()));
    },
  };
}

function placeOf(event: MouseEvent): Place {
  const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
  return { x: (event.clientX - left) / width - 0.5, y: (event.clientY - top) / height - 0.5 };
}
