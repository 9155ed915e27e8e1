// What a browser tells of the board's window, and what of it reaches the desk.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TOOLS } from '../src/classroom/board-hand';
import type { BoardDesk } from '../src/room/classroom/board-desk';
import { addFiles, listenTo, TOOL_KEYS } from '../src/room/classroom/board-events';
import { SHORTCUTS } from '../src/room/store/shortcut-keys';
import { until } from './until';

class FakeField {}

const desk = {
  point: vi.fn(),
  leave: vi.fn(),
  zoom: vi.fn(),
  pan: vi.fn(),
  undo: vi.fn(),
  redo: vi.fn(),
  hold: vi.fn(),
  moveCursor: vi.fn(),
  pressCursor: vi.fn(),
  showAll: vi.fn(),
  escape: vi.fn(() => true),
  addPicture: vi.fn(),
  choosePage: vi.fn(),
};

let listeners: Map<string, (event: object) => void>;
let stop: () => void;
const window = {
  addEventListener: (type: string, listener: (event: object) => void) => void listeners.set(type, listener),
  removeEventListener: (type: string) => void listeners.delete(type),
  getBoundingClientRect: () => ({ left: 100, top: 50 }),
  setPointerCapture: vi.fn(),
  focus: vi.fn(),
};

beforeEach(() => {
  vi.stubGlobal('HTMLTextAreaElement', FakeField);
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('InvalidStateError')));
  listeners = new Map();
  for (const each of Object.values(desk)) each.mockClear();
  stop = listenTo(window as unknown as HTMLElement, desk as unknown as BoardDesk);
});

afterEach(() => vi.unstubAllGlobals());

/** Tell of an event; returns whether the browser was kept from its own answer. */
function tell(type: string, about: object): boolean {
  const preventDefault = vi.fn();
  listeners.get(type)?.({ type, preventDefault, target: window, ...about });
  return preventDefault.mock.calls.length > 0;
}

const PEN = { pointerType: 'pen', pointerId: 7, button: 0, clientX: 110, clientY: 70, pressure: 0.8 };

test('a pen comes with its place in the window and its pressure, at each place where it has been', () => {
  expect(tell('pointerdown', PEN)).toBe(true);
  tell('pointermove', {
    ...PEN,
    getCoalescedEvents: () => [
      { clientX: 111, clientY: 70, pressure: 0.7 },
      { clientX: 112, clientY: 70, pressure: 0.6 },
    ],
  });

  expect(desk.point.mock.calls).toEqual([
    [{ what: 'down', kind: 'pen', id: 7, x: 10, y: 20, isPanning: false }, 0.8],
    [{ what: 'move', kind: 'pen', id: 7, x: 11, y: 20, isPanning: false }, 0.7],
    [{ what: 'move', kind: 'pen', id: 7, x: 12, y: 20, isPanning: false }, 0.6],
  ]);
});

test('the half pressure that browsers invent for a mouse is none, and its middle button moves the board', () => {
  tell('pointerdown', { ...PEN, pointerType: 'mouse', button: 1, pressure: 0.5 });
  tell('pointerdown', { ...PEN, pointerType: 'mouse', button: 2 });

  expect(desk.point.mock.calls).toEqual([[expect.objectContaining({ kind: 'mouse', isPanning: true }), 0]]);
});

test.each([
  ['moves the board', { deltaX: 5, deltaY: 10 }, 'pan', [-5, -10]],
  ['moves it by lines', { deltaX: 0, deltaY: 2, deltaMode: 1 }, 'pan', [-0, -32]],
  ['moves it sideways with Shift', { deltaX: 0, deltaY: 10, shiftKey: true }, 'pan', [-10, 0]],
  ['enlarges it with Ctrl', { deltaX: 0, deltaY: 0, ctrlKey: true }, 'zoom', [1, { x: 10, y: 20 }]],
] as const)('a wheel %s', (_, about, what, given) => {
  expect(tell('wheel', { deltaMode: 0, clientX: 110, clientY: 70, ...about })).toBe(true);
  expect(desk[what].mock.calls).toEqual([given]);
});

test.each([
  ['ArrowLeft', {}, 'moveCursor', [-12, 0]],
  ['ArrowDown', { shiftKey: true }, 'moveCursor', [0, 60]],
  [' ', {}, 'pressCursor', []],
  ['Escape', {}, 'escape', []],
  ['+', {}, 'zoom', [1.25]],
  ['-', {}, 'zoom', [0.8]],
  ['0', {}, 'showAll', []],
  ['E', {}, 'hold', [{ tool: 'eraser' }]],
  ['z', { ctrlKey: true }, 'undo', []],
  ['Z', { metaKey: true, shiftKey: true }, 'redo', []],
  ['y', { ctrlKey: true }, 'redo', []],
] as const)('the key %s with %j', (key, about, what, given) => {
  expect(tell('keydown', { key, ...about })).toBe(true);
  expect(desk[what].mock.calls).toEqual([given]);
});

test('what is written in a text is the text’s, and other keys are the room’s', () => {
  const field = new FakeField();
  for (const [type, about] of [
    ['keydown', { key: 'p' }],
    ['pointerdown', PEN],
    ['paste', {}],
  ] as const)
    tell(type, { ...about, target: field });
  expect([tell('keydown', { key: 'm' }), tell('keydown', { key: 'c', ctrlKey: true })]).toEqual([
    false,
    false,
  ]);

  for (const each of Object.values(desk)) expect(each).not.toHaveBeenCalled();
});

test('a file that is dropped does not leave the lesson, and a text that is pasted is nobody’s', async () => {
  expect(tell('dragover', {})).toBe(true);
  expect(tell('drop', { dataTransfer: { files: [new Blob(['text'])] } })).toBe(true);
  expect(tell('paste', { clipboardData: { files: [] } })).toBe(false);
  await until(() => expect(desk.addPicture.mock.calls).toEqual([[null]]));
});

test('files are taken one after the other', async () => {
  await addFiles(desk as unknown as BoardDesk, [new Blob() as File, new Blob() as File]);

  expect(desk.addPicture).toHaveBeenCalledTimes(2);
});

test('each tool has a key of its own, and none switches the microphone or the camera off elsewhere', () => {
  const keys = TOOLS.map((tool) => TOOL_KEYS[tool]);

  expect(new Set(keys).size).toBe(TOOLS.length);
  expect(keys).not.toContain(SHORTCUTS.find(({ name }) => name === 'microphone')?.letter);
});

test('after the end nothing is heard', () => {
  stop();

  expect(listeners.size).toBe(0);
});

test('of a PDF, whatever it is called, a page is chosen; a file that is gone is no picture', async () => {
  const pdf = new File(['%PDF-1.7 …'], 'photo.png', { type: 'image/png' });
  const gone = { slice: () => ({ stream: () => Promise.reject(new Error('NotFoundError')) }), size: 1 };
  await addFiles(desk as unknown as BoardDesk, [pdf, gone as unknown as File]);

  expect(desk.choosePage.mock.calls).toEqual([[pdf]]);
  expect(desk.addPicture.mock.calls).toEqual([[null]]);
});
