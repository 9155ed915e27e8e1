// The canvas of what is finished: painted in slices, the lowest first, and in parts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BoardLayer, drawShape, partOf } from '../src/classroom/board-layer';
import { FIRST_VIEW } from '../src/classroom/board-view';
import { ARROW, BOX, PICTURE, STROKE, TEXT } from './board-drawings';
import { type FakeCanvas, fakePage, INK, makeCanvas } from './fake-canvas';

let canvases: readonly FakeCanvas[];

beforeEach(() => {
  ({ canvases } = fakePage());
});

afterEach(() => vi.unstubAllGlobals());

const SIZE = { across: 800, down: 600 };
const drawnOn = (canvas: FakeCanvas | undefined) =>
  canvas?.drawn.map((call) => call.split(' ')[0]).filter((call) => call !== 'setTransform');

function drawn(shape: Parameters<typeof drawShape>[1], ink = INK as Parameters<typeof drawShape>[2]) {
  const canvas = makeCanvas();
  drawShape(canvas.getContext() as CanvasRenderingContext2D, shape, ink);
  return canvas.drawn;
}

test('it is larger than the window on each side', () => {
  const layer = new BoardLayer({ x: 100, y: 0, scale: 2 }, SIZE, 1.5, INK);

  expect(layer.part).toEqual({ left: 20, top: -80, right: 580, bottom: 380 });
  expect([canvases[0]?.width, canvases[0]?.height]).toEqual([1_680, 1_380]);
});

test('it is painted while there is time, the lowest shape first', () => {
  const layer = new BoardLayer(FIRST_VIEW, SIZE, 1, INK);
  layer.begin([{ ...TEXT, z: 9 }, STROKE, BOX]);

  let left = 2;
  expect(layer.go(() => left-- > 0)).toBe(false);
  expect(drawnOn(canvases[0])).toEqual(['fill', 'stroke']);
  expect(layer.go(() => true)).toBe(true);
  expect(drawnOn(canvases[0])).toEqual(['fill', 'stroke', 'fillText']);
});

test('a part is painted anew within its edges', () => {
  const layer = new BoardLayer(FIRST_VIEW, SIZE, 1, INK);
  layer.repaint({ left: 0, top: 0, right: 50, bottom: 50 }, [ARROW]);

  expect(drawnOn(canvases[0])).toEqual([
    'save',
    'beginPath',
    'rect',
    'clip',
    'clearRect',
    'stroke',
    'restore',
  ]);
});

test('each line of a text is drawn by itself, and a picture is a grey place until its pixels are there', () => {
  expect(drawn({ ...TEXT, text: 'el\ngato' })).toEqual(['fillText el', 'fillText gato']);
  expect(drawn(PICTURE)).toEqual(['fillRect 10']);
  expect(drawn({ ...PICTURE, isFixed: true })).toEqual(['fillRect 10', 'strokeRect 11']);
  expect(drawn(PICTURE, { ...INK, pictureOf: () => ({}) as CanvasImageSource })).toEqual(['drawImage']);
});

test('a text may be broader than was guessed, and a dropped layer has no memory', () => {
  expect(partOf(TEXT).right).toBeGreaterThan(partOf({ ...BOX, to: { x: 130, y: 40 } }).right);
  new BoardLayer(FIRST_VIEW, SIZE, 1, INK).drop();

  expect(canvases[0]?.width).toBe(0);
});
