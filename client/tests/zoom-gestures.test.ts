// Fingers, wheel and keys on a shared screen.

import { beforeEach, expect, test, vi } from 'vitest';
import { WHOLE, type Zoom } from '../src/room/stage/zoom';
import { zoomGestures } from '../src/room/stage/zoom-gestures';

const element = {
  setPointerCapture: vi.fn(),
  getBoundingClientRect: () => ({ left: 0, top: 0, width: 400, height: 200 }),
};

let zoom: Zoom;
let gestures: ReturnType<typeof zoomGestures>;

beforeEach(() => {
  zoom = WHOLE;
  gestures = zoomGestures(
    (by) => {
      zoom = by(zoom);
    },
    () => ({ width: 1, height: 1 }),
  );
});

/** An event of a finger at *x* and *y* of the window. */
function finger(type: string, x: number, y = 100, more: object = {}): PointerEvent {
  const at = { type, clientX: x, clientY: y, pointerId: 1, button: 0, timeStamp: 0, currentTarget: element };
  return { ...at, ...more } as unknown as PointerEvent;
}

function tap(x: number, timeStamp: number): void {
  gestures.onPointerDown(finger('pointerdown', x, 100, { timeStamp }));
  gestures.onPointerUp(finger('pointerup', x, 100, { timeStamp: timeStamp + 50 }));
}

function key(name: string, more: object = {}): KeyboardEvent {
  return { key: name, preventDefault: vi.fn(), ...more } as unknown as KeyboardEvent;
}

test('two quick taps at one place zoom, and two more show it whole', () => {
  tap(200, 1_000);
  tap(205, 1_200);

  expect(zoom.scale).toBe(2.5);

  tap(200, 2_000);
  tap(200, 2_200);

  expect(zoom).toEqual(WHOLE);
});

test('two slow taps, two far ones, and a tap after a drag do nothing', () => {
  tap(200, 1_000);
  tap(200, 2_000);
  tap(50, 2_200);

  expect(zoom).toEqual(WHOLE);

  gestures.onPointerDown(finger('pointerdown', 200, 100, { timeStamp: 5_000 }));
  gestures.onPointerUp(finger('pointerup', 260, 100, { timeStamp: 5_050 }));
  tap(260, 5_100);

  expect(zoom).toEqual(WHOLE);
});

test('a third tap is the first of the next two', () => {
  for (const ms of [1_000, 1_200, 1_400]) tap(200, ms);

  expect(zoom.scale).toBe(2.5);
});

test('two fingers that part zoom, one that is left drags, and neither taps', () => {
  gestures.onPointerDown(finger('pointerdown', 150));
  gestures.onPointerDown(finger('pointerdown', 250, 100, { pointerId: 2 }));
  gestures.onPointerDown(finger('pointerdown', 300, 100, { pointerId: 3 }));
  gestures.onPointerMove(finger('pointermove', 350, 100, { pointerId: 2 }));

  expect(zoom.scale).toBe(2);

  gestures.onPointerUp(finger('pointerup', 350, 100, { pointerId: 2 }));
  const before = zoom.middle.x;
  gestures.onPointerMove(finger('pointermove', 190));

  expect(zoom.scale).toBe(2);
  expect(zoom.middle.x - before).toBeCloseTo(0.1);

  gestures.onPointerUp(finger('pointerup', 150));
  tap(150, 100);

  expect(zoom.scale).toBe(2);
});

test('a finger that never came down, and a right button, are nobody', () => {
  gestures.onPointerMove(finger('pointermove', 10));
  gestures.onPointerUp(finger('pointerup', 10));
  gestures.onPointerDown(finger('pointerdown', 10, 100, { button: 2 }));
  gestures.onPointerMove(finger('pointermove', 90));

  expect(zoom).toEqual(WHOLE);
});

test('the browser that takes a finger away has not tapped', () => {
  tap(200, 1_000);
  gestures.onPointerDown(finger('pointerdown', 200, 100, { timeStamp: 1_100 }));
  gestures.onPointerCancel(finger('pointercancel', 200, 100, { timeStamp: 1_150 }));

  expect(zoom).toEqual(WHOLE);
});

test('the wheel zooms where the pointer is, and the page does not scroll', () => {
  const preventDefault = vi.fn();
  const turn = {
    deltaY: -240,
    ctrlKey: false,
    clientX: 400,
    clientY: 100,
    currentTarget: element,
    preventDefault,
  };

  gestures.onWheel(turn as unknown as WheelEvent);

  expect(zoom.scale).toBeCloseTo(Math.E);
  expect(zoom.middle.x).toBeLessThan(0);
  expect(preventDefault).toHaveBeenCalledOnce();
});

test('plus zooms; the browser keeps its own keys, and the room its letters', () => {
  const [plus, ofBrowser, letter] = [key('+'), key('+', { ctrlKey: true }), key('m')];

  for (const each of [plus, ofBrowser, letter]) gestures.onKeyDown(each);

  expect(zoom.scale).toBe(1.25);
  expect(plus.preventDefault).toHaveBeenCalledOnce();
  expect(ofBrowser.preventDefault).not.toHaveBeenCalled();
  expect(letter.preventDefault).not.toHaveBeenCalled();
});

test('Enter zooms and takes it back; a click of the pointer does nothing more than its tap', () => {
  gestures.onClick({ detail: 0 } as MouseEvent);

  expect(zoom.scale).toBe(2.5);

  gestures.onClick({ detail: 1 } as MouseEvent);

  expect(zoom.scale).toBe(2.5);

  gestures.onClick({ detail: 0 } as MouseEvent);

  expect(zoom).toEqual(WHOLE);
});
