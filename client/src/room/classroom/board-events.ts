// What the browser tells of the board's window, to the desk: pointers, wheels, keys, what is pasted and dropped. It decides nothing.

import type { Tool } from '../../classroom/board-hand';
import type { PointerInput } from '../../classroom/board-input';
import { makeSmall } from '../../classroom/board-pictures';
import { HEAD_BYTES, isPdf } from '../../classroom/pdf-rules';
import type { BoardDesk } from './board-desk';

const STEP_PX = 12;
const LONG_STEP_PX = 60;
const ZOOM_STEP = 1.25;

/** A mouse wheel's lines and pages, CSS pixels. */
const WHEEL_PX = [1, 16, 400] as const;

/** The key of each tool, where the board has the keyboard. */
export const TOOL_KEYS: Readonly<Record<Tool, string>> = {
  pan: 'h',
  pen: 'p',
  line: 'l',
  arrow: 'a',
  box: 'b',
  text: 't',
  eraser: 'e',
  move: 'v',
  laser: 'k',
};

const WHAT: Readonly<Record<string, PointerInput['what']>> = {
  pointerdown: 'down',
  pointermove: 'move',
  pointerup: 'up',
  pointercancel: 'cancel',
};

/** Tell *desk* what happens in *window*, until the returned function is called. */
export function listenTo(window: HTMLElement, desk: BoardDesk): () => void {
  const ways: readonly (readonly [string, (event: never) => void])[] = [
    ...Object.keys(WHAT).map((type) => [type, (event: PointerEvent) => point(window, desk, event)] as const),
    ['pointerleave', () => desk.leave()],
    ['wheel', (event: WheelEvent) => turn(window, desk, event)],
    ['keydown', (event: KeyboardEvent) => press(desk, event)],
    ['paste', (event: ClipboardEvent) => take(desk, event, event.clipboardData)],
    ['drop', (event: DragEvent) => take(desk, event, event.dataTransfer)],
    // Else a browser leaves the lesson to show the file.
    ['dragover', (event: DragEvent) => event.preventDefault()],
    ['contextmenu', (event: Event) => event.preventDefault()],
  ];
  for (const [type, listener] of ways)
    window.addEventListener(type, listener as EventListener, { passive: false });
  return () => {
    for (const [type, listener] of ways) window.removeEventListener(type, listener as EventListener);
  };
}

/** Put the pictures among *files* on the board, one after the other; of a PDF the person chooses a page. */
export async function addFiles(desk: BoardDesk, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const head = await readHead(file);
    if (isPdf(head)) desk.choosePage(file);
    else desk.addPicture(await makeSmall(file));
  }
}

/** Nothing of a file that is gone. */
async function readHead(file: File): Promise<Uint8Array> {
  const head = new Response(file.slice(0, HEAD_BYTES)).arrayBuffer();
  return new Uint8Array(await head.catch(() => new ArrayBuffer(0)));
}

function point(window: HTMLElement, desk: BoardDesk, event: PointerEvent): void {
  const what = WHAT[event.type];
  if (!what || isField(event)) return;
  if (what === 'down') {
    // A pen on a touch screen would select, or scroll.
    if (event.pointerType !== 'mouse') event.preventDefault();
    if (event.button > 1) return;
    window.setPointerCapture(event.pointerId);
    window.focus({ preventScroll: true });
  }
  const { left, top } = window.getBoundingClientRect();
  const kind = event.pointerType === 'pen' || event.pointerType === 'touch' ? event.pointerType : 'mouse';
  // Between two frames a pen has been at several places.
  const all = what === 'move' ? (event.getCoalescedEvents?.() ?? []) : [];
  for (const { clientX, clientY, pressure } of all.length > 0 ? all : [event])
    desk.point(
      {
        what,
        kind,
        id: event.pointerId,
        x: clientX - left,
        y: clientY - top,
        isPanning: what === 'down' && event.button === 1,
      },
      // Of a mouse and a finger a browser says 0.5.
      kind === 'pen' ? pressure : 0,
    );
}

function turn(window: HTMLElement, desk: BoardDesk, event: WheelEvent): void {
  event.preventDefault();
  const factor = WHEEL_PX[event.deltaMode as 0 | 1 | 2] ?? 1;
  const { left, top } = window.getBoundingClientRect();
  const at = { x: event.clientX - left, y: event.clientY - top };
  // Two fingers that part on a touchpad come as a wheel with Ctrl.
  if (event.ctrlKey || event.metaKey) desk.zoom(Math.exp((-event.deltaY * factor) / 200), at);
  else if (event.shiftKey && event.deltaX === 0) desk.pan(-event.deltaY * factor, 0);
  else desk.pan(-event.deltaX * factor, -event.deltaY * factor);
}

function press(desk: BoardDesk, event: KeyboardEvent): void {
  if (isField(event) || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isDone =
    event.ctrlKey || event.metaKey
      ? pressWithControl(desk, key, event.shiftKey)
      : pressAlone(desk, key, event.shiftKey);
  if (isDone) event.preventDefault();
}

function pressWithControl(desk: BoardDesk, key: string, isShifted: boolean): boolean {
  if (key === 'z' && !isShifted) desk.undo();
  else if (key === 'y' || key === 'z') desk.redo();
  else return false;
  return true;
}

function pressAlone(desk: BoardDesk, key: string, isShifted: boolean): boolean {
  const step = isShifted ? LONG_STEP_PX : STEP_PX;
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  };
  const move = moves[key];
  const tool = (Object.keys(TOOL_KEYS) as Tool[]).find((each) => TOOL_KEYS[each] === key);
  if (move) desk.moveCursor(...move);
  else if (tool) desk.hold({ tool });
  else if (key === ' ' || key === 'Enter') desk.pressCursor();
  else if (key === '+' || key === '=') desk.zoom(ZOOM_STEP);
  else if (key === '-') desk.zoom(1 / ZOOM_STEP);
  else if (key === '0') desk.showAll();
  else return key === 'Escape' && desk.escape();
  return true;
}

function take(desk: BoardDesk, event: Event, data: DataTransfer | null): void {
  if (isField(event)) return;
  const files = [...(data?.files ?? [])];
  if (files.length > 0 || event.type === 'drop') event.preventDefault();
  void addFiles(desk, files);
}

/** What is done in the text that is being written is the text's. */
function isField({ target }: Event): boolean {
  return target instanceof HTMLTextAreaElement;
}
