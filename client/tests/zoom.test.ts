// How a shared screen is zoomed: what is under the fingers stays there, and no edge comes further in than the window's.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fillOf,
  type Place,
  pan,
  pinch,
  SCALE_MAX,
  toggle,
  WHOLE,
  type Zoom,
  zoomByKey,
  zoomTo,
} from '../src/room/stage/zoom';

const FULL = { width: 1, height: 1 };
const place = fc.record({
  x: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  y: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
});
const fill = fc.record({
  width: fc.double({ min: 0.1, max: 1, noNaN: true }),
  height: fc.double({ min: 0.1, max: 1, noNaN: true }),
});

/** The place of the screen, in parts of the window when seen whole, that lies at *at*. */
function under({ scale, middle }: Zoom, at: Place): Place {
  return { x: (at.x - middle.x) / scale, y: (at.y - middle.y) / scale };
}

test('a screen of 16:9 fills the width of an upright phone and half of its height', () => {
  expect(fillOf({ width: 1600, height: 900 }, { width: 400, height: 450 })).toEqual({
    width: 1,
    height: 0.5,
  });
  expect(fillOf({ width: 900, height: 1600 }, { width: 450, height: 400 })).toEqual({
    width: 0.5,
    height: 1,
  });
  expect(fillOf({ width: 0, height: 0 }, { width: 450, height: 400 })).toEqual(FULL);
  expect(fillOf({ width: 16, height: 9 }, { width: 0, height: 0 })).toEqual(FULL);
});

test('a double tap shows what lies under it large, and the next one the whole screen', () => {
  const at = { x: 0.25, y: -0.25 };
  const large = toggle(WHOLE, at, FULL);

  expect(large.scale).toBe(2.5);
  expect(under(large, at)).toEqual(under(WHOLE, at));
  expect(toggle(large, at, FULL)).toEqual(WHOLE);
});

test('two fingers that part by half make it half again as large, around their middle', () => {
  const zoomed = pinch(WHOLE, { x: 0.2, y: 0 }, { x: 0.4, y: 0 }, { x: -0.2, y: 0 }, FULL);

  expect(zoomed.scale).toBeCloseTo(1.5);
});

test('two fingers on one point change nothing', () => {
  expect(pinch(WHOLE, { x: 0, y: 0 }, { x: 0.1, y: 0 }, { x: 0, y: 0 }, FULL)).toEqual(WHOLE);
});

test('keys make it larger and smaller, move it and show it whole; others are not ours', () => {
  const larger = zoomByKey(WHOLE, '+', FULL) ?? WHOLE;

  expect(larger.scale).toBe(1.25);
  expect(zoomByKey(larger, '-', FULL)).toEqual(WHOLE);
  expect(zoomByKey(larger, 'ArrowRight', FULL)?.middle.x).toBeLessThan(0);
  expect(zoomByKey(larger, 'ArrowLeft', FULL)?.middle.x).toBeGreaterThan(0);
  expect(zoomByKey(larger, 'ArrowDown', FULL)?.middle.y).toBeLessThan(0);
  expect(zoomByKey(larger, 'ArrowUp', FULL)?.middle.y).toBeGreaterThan(0);
  expect(zoomByKey(larger, '0', FULL)).toEqual(WHOLE);
  expect(zoomByKey(larger, 'm', FULL)).toBeNull();
});

test('what one pinches at stays under the fingers while the edges allow it', () => {
  fc.assert(
    fc.property(place, fc.double({ min: 1, max: SCALE_MAX, noNaN: true }), (at, scale) => {
      const [before, after] = [under(WHOLE, at), under(zoomTo(WHOLE, scale, at, FULL), at)];

      expect(after.x).toBeCloseTo(before.x);
      expect(after.y).toBeCloseTo(before.y);
    }),
  );
});

test('whatever fingers do, the screen is never smaller than whole and no edge comes into the window', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('pan'), by: place }),
    fc.record({
      kind: fc.constant('zoom'),
      by: place,
      scale: fc.double({ min: 0.01, max: 100, noNaN: true }),
    }),
    fc.record({ kind: fc.constant('pinch'), by: place, from: place, rest: place }),
  );
  fc.assert(
    fc.property(fill, fc.array(step, { maxLength: 20 }), (part, steps) => {
      let zoom = WHOLE;
      for (const each of steps) {
        if ('scale' in each) zoom = zoomTo(zoom, each.scale, each.by, part);
        else if ('rest' in each) zoom = pinch(zoom, each.from, each.by, each.rest, part);
        else zoom = pan(zoom, each.by, part);
      }

      expect(zoom.scale).toBeGreaterThanOrEqual(1);
      expect(zoom.scale).toBeLessThanOrEqual(SCALE_MAX);
      expect(Math.abs(zoom.middle.x)).toBeLessThanOrEqual(Math.max(0, (part.width * zoom.scale - 1) / 2));
      expect(Math.abs(zoom.middle.y)).toBeLessThanOrEqual(Math.max(0, (part.height * zoom.scale - 1) / 2));
    }),
  );
});
