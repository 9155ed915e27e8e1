// Painting the board: what is finished once, what moves each time, and no more than there is time for.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BoardPainter, type Moving, partsOf } from '../src/classroom/board-painter';
import type { Shape } from '../src/classroom/board-shapes';
import { ARROW, BOX, STROKE, TEXT } from './board-drawings';
import { type FakeCanvas, fakePage, INK, makeCanvas } from './fake-canvas';

const SIZE = { across: 800, down: 600 };
const NOTHING: Moving = { own: null, theirs: null, laser: null, cursor: null };

let page: ReturnType<typeof fakePage>;
let shapes: Shape[];
let moving: Moving;
let finished: FakeCanvas;
let above: FakeCanvas;
let painter: BoardPainter;
let nowMs: number;

beforeEach(() => {
  page = fakePage();
  shapes = [STROKE, BOX];
  moving = NOTHING;
  nowMs = 0;
  vi.stubGlobal('performance', { now: () => nowMs });
  [finished, above] = [makeCanvas(), makeCanvas()];
  painter = new BoardPainter(
    finished as unknown as HTMLCanvasElement,
    above as unknown as HTMLCanvasElement,
    { find: () => shapes, readMoving: () => moving, readInk: () => INK },
  );
  painter.resize(SIZE, 1);
});

afterEach(() => vi.unstubAllGlobals());

/** Let frames come until none is asked for. */
function settle(): void {
  for (let frames = 0; page.asked() > 0 && frames < 50; frames += 1) page.frame();
}

const inked = (canvas: FakeCanvas | undefined) =>
  canvas?.drawn.filter((call) => /^(fill|stroke|fillText)\b/.test(call)).length ?? 0;

test('what is finished is painted once, and then only put in its place', () => {
  settle();
  expect(page.canvases).toHaveLength(1);
  expect(inked(page.canvases[0])).toBe(2);
  const placed = () => finished.drawn.filter((call) => call.startsWith('drawImage')).length;
  const before = placed();
  painter.ask();
  settle();

  expect(inked(page.canvases[0])).toBe(2);
  expect([placed(), page.asked()]).toEqual([before, 0]);
});

test('what is drawn above all is painted over the rest, and of many at once everything anew', () => {
  settle();
  painter.paintOver([ARROW]);
  settle();
  expect(inked(page.canvases[0])).toBe(3);
  expect(page.canvases[0]?.drawn).not.toContain('clip');
  painter.paintOver(Array.from({ length: 61 }, () => ARROW));
  settle();

  expect(page.canvases).toHaveLength(2);
});

test('what is drawn above all while the next layer is painted is on that, too', () => {
  settle();
  painter.show({ x: 0, y: 0, scale: 2 });
  nowMs += 100;
  shapes = Array.from({ length: 900 }, (_, index) => ({ ...TEXT, key: String(index) }));
  page.frame();
  painter.paintOver([ARROW]);
  settle();

  expect(inked(page.canvases[1])).toBe(901);
  expect(page.canvases[1]?.drawn.slice(-1)).toEqual(['stroke']);
});

test('what is drawn and erased again while the next layer is painted is not on that', () => {
  settle();
  painter.show({ x: 0, y: 0, scale: 2 });
  nowMs += 100;
  page.frame();
  painter.paintOver([ARROW]);
  painter.repaint(partsOf([ARROW]));
  settle();

  const { drawn = [] } = page.canvases[1] ?? {};
  const last = drawn.lastIndexOf('clip');
  expect(drawn.slice(0, last).filter((call) => call === 'stroke')).toHaveLength(2);
  expect(drawn.slice(last).filter((call) => call === 'stroke')).toHaveLength(1);
});

test('while the board is moved a little the layer is only shifted; further, and its pixels go onto the next one', () => {
  settle();
  painter.show({ x: 90, y: 0, scale: 1 });
  settle();
  expect(page.canvases).toHaveLength(1);
  painter.show({ x: 120, y: 0, scale: 1 });
  settle();

  expect(page.canvases).toHaveLength(2);
  expect(page.canvases[0]?.width).toBe(0);
  expect(page.canvases[1]?.drawn).toContain('drawImage');
  expect(page.canvases[1]?.drawn).toContain('clip');
});

test('while one zooms nothing is painted, and what was begun for another size is begun anew', () => {
  settle();
  for (const scale of [1.1, 1.2, 1.3]) {
    nowMs += 16;
    painter.show({ x: 0, y: 0, scale });
    page.frame();
  }
  expect(page.canvases).toHaveLength(1);
  expect(page.asked()).toBe(1);

  nowMs += 100;
  shapes = Array.from({ length: 900 }, (_, index) => ({ ...TEXT, key: String(index) }));
  page.frame();
  painter.show({ x: 0, y: 0, scale: 1.4 });
  nowMs += 100;
  settle();

  expect(page.canvases.map(({ width }) => width > 0)).toEqual([false, false, true]);
  expect(inked(page.canvases[2])).toBe(900);
});

test('what one zooms out of until little is seen is painted meanwhile', () => {
  settle();
  painter.show({ x: 0, y: 0, scale: 0.2 });
  page.frame();

  expect(page.canvases).toHaveLength(2);
});

test('what is enlarged is painted anew', () => {
  settle();
  painter.show({ x: 0, y: 0, scale: 2 });
  nowMs += 100;
  settle();

  expect(page.canvases).toHaveLength(2);
  expect(page.canvases[1]?.drawn).not.toContain('drawImage');
});

test('where frames come late or take long, fewer shapes are painted in each', () => {
  shapes = Array.from({ length: 1_000 }, (_, index) => ({ ...TEXT, key: String(index) }));
  const painted: number[] = [];
  while (page.asked() > 0 && painted.length < 5) {
    nowMs += 100;
    const before = inked(page.canvases[0]);
    page.frame();
    painted.push(inked(page.canvases[0]) - before);
  }

  // The first one finds them.
  expect(painted).toEqual([0, 120, 60, 40, 40]);
});

test('a frame that the browser paints for long at its end is followed by smaller ones', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  shapes = Array.from({ length: 1_000 }, (_, index) => ({ ...TEXT, key: String(index) }));
  page.frame();
  page.frame();
  nowMs += 16;
  vi.runAllTimers();
  vi.useRealTimers();
  const before = inked(page.canvases[0]);
  page.frame();

  expect(inked(page.canvases[0]) - before).toBeLessThan(120);
});

test('much is painted in slices: no frame goes on when its time is over', () => {
  shapes = Array.from({ length: 100 }, (_, index) => ({ ...TEXT, key: String(index) }));
  vi.stubGlobal('performance', {
    now: () => {
      nowMs += 1;
      return nowMs;
    },
  });
  page.frame();

  expect(inked(page.canvases[0])).toBeLessThan(10);
  settle();
  expect(inked(page.canvases[0])).toBe(100);
});

test('a change paints its part, and many at once paint everything anew', () => {
  settle();
  painter.repaint(partsOf([null, ARROW]));
  settle();
  expect(page.canvases).toHaveLength(1);
  expect(page.canvases[0]?.drawn.filter((call) => call === 'clip')).toHaveLength(1);
  painter.repaint(partsOf(Array.from({ length: 61 }, () => ARROW)));
  settle();

  expect(page.canvases).toHaveLength(2);
});

test('what changes while the next layer is painted is on it, too', () => {
  settle();
  painter.show({ x: 0, y: 0, scale: 2 });
  vi.stubGlobal('performance', {
    now: () => {
      nowMs += 10;
      return nowMs;
    },
  });
  page.frame();
  painter.repaint(partsOf([ARROW]));
  vi.stubGlobal('performance', { now: () => 0 });
  settle();

  expect(page.canvases[page.canvases.length - 1]?.drawn.filter((call) => call === 'clip')).toHaveLength(1);
});

test('what moves is above it: lines that are drawn, their pointer with its name, the laser and the cross', () => {
  moving = {
    own: STROKE,
    theirs: { x: 5_000, y: 5_000, isLaser: false, live: ARROW },
    laser: { x: 1, y: 1 },
    cursor: { x: 2, y: 2 },
  };
  painter.ask();
  settle();

  expect(above.drawn).toContain('fillText Tutor');
  // At the edge, not beyond it.
  expect(above.drawn).toContain(`arc ${SIZE.across - 6}`);
  expect(above.drawn).toContain('stroke');
});

test('their laser is one, too, and after the end nothing is painted', () => {
  moving = { ...NOTHING, theirs: { x: 10, y: 10, isLaser: true, live: null } };
  painter.ask();
  settle();
  expect(above.drawn).toContain('arc 10');

  painter.stop();
  painter.ask();
  expect(page.asked()).toBe(0);
});
