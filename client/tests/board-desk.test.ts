// One person's place at the board, without a page: drawing, undoing, being brought somewhere, and being told.

import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { writePointer } from '../src/classroom/board-signs';
import { FIRST_VIEW } from '../src/classroom/board-view';
import type { Shown } from '../src/classroom/tool-line';
import { BoardDesk } from '../src/room/classroom/board-desk';
import { jpegOf } from './board-drawings';

const FAR = { left: 5_000, top: 0, right: 5_400, bottom: 300 };

let isFull: boolean;
let shown: Shown[];
let doc: Y.Doc;
let desk: BoardDesk;

const paint = { paintOver: vi.fn(), repaint: vi.fn(), show: vi.fn(), ask: vi.fn() };

beforeEach(() => {
  isFull = false;
  shown = [];
  doc = new Y.Doc();
  desk = makeDesk(doc);
});

function makeDesk(of: Y.Doc): BoardDesk {
  const made = new BoardDesk(of, {
    isFull: () => isFull,
    show: (each) => shown.push(each),
    paint,
    forget: vi.fn(),
  });
  made.resize({ across: 800, down: 600 });
  return made;
}

type What = 'down' | 'move' | 'up' | 'cancel';

/** Draw with a mouse from place to place; without *isEnded* the button stays down. */
function draw(places: readonly (readonly [number, number])[], isEnded = true): void {
  const point = (what: What, [x, y]: readonly [number, number]) =>
    desk.point({ what, kind: 'mouse', id: 1, x, y, isPanning: false }, 0);
  for (const [index, place] of places.entries()) point(index === 0 ? 'down' : 'move', place);
  if (isEnded) point('up', places[places.length - 1] ?? [0, 0]);
}

const view = () => desk.state.value;

test('what is drawn is counted, undone and redone, and was shown while it was drawn', () => {
  draw([
    [10, 10],
    [90, 90],
  ]);
  expect(view()).toMatchObject({ count: 1, canUndo: true, canRedo: false, notice: null });
  expect(shown.some(({ bytes }) => bytes.byteLength > 20)).toBe(true);
  desk.undo();
  expect(view()).toMatchObject({ count: 0, canUndo: false, canRedo: true });
  desk.redo();

  expect(view().count).toBe(1);
});

test('a text is written, found by a screen reader, changed, and taken away when nothing is left of it', () => {
  desk.hold({ tool: 'text', width: 'medium' });
  draw([[100, 100]]);
  expect(view().writing).toMatchObject({ at: { x: 100, y: 100 }, before: null });
  desk.finishText('el gato \n');
  expect(view()).toMatchObject({ writing: null, texts: ['el gato'] });

  draw([[110, 110]]);
  expect(view().writing?.before).toMatchObject({ text: 'el gato' });
  desk.finishText('el perro');
  expect(view().texts).toEqual(['el perro']);
  draw([[110, 110]]);
  desk.finishText(' ');
  expect(view().count).toBe(0);
  desk.undo();

  expect(view().texts).toEqual(['el perro']);
  desk.finishText('nobody writes');
  expect(view().count).toBe(1);
});

test('texts are read from the top down', () => {
  desk.hold({ tool: 'text' });
  for (const [y, text] of [
    [300, 'second'],
    [10, 'first'],
  ] as const) {
    draw([[10, y]]);
    desk.finishText(text);
  }

  expect(view().texts).toEqual(['first', 'second']);
});

test('what the other drew before is there, and is erased by a way across it', () => {
  draw([
    [10, 10],
    [90, 10],
  ]);
  desk = makeDesk(doc);
  expect(view().count).toBe(1);
  desk.hold({ tool: 'eraser' });
  draw([
    [50, 100],
    [50, 0],
  ]);

  expect(view().count).toBe(0);
});

test('a full lesson takes nothing, and says so once', () => {
  isFull = true;
  draw([
    [10, 10],
    [90, 10],
  ]);
  desk.hold({ tool: 'text' });
  draw([[10, 10]]);
  desk.finishText('text');
  desk.addPicture({ jpeg: jpegOf(30, 20), across: 30, down: 20 });

  expect(view()).toMatchObject({ count: 0, notice: 'full' });
});

test('a picture stands in the middle of what is seen, and can be moved at once', () => {
  desk.addPicture({ jpeg: jpegOf(1_280, 640), across: 1_280, down: 640 });
  expect(view()).toMatchObject({ count: 1, held: { tool: 'move' } });
  expect(desk.find({ left: 400, top: 300, right: 400, bottom: 300 })).toMatchObject([
    { kind: 'picture', x: 120, y: 160, across: 560, down: 280 },
  ]);
  draw([
    [400, 300],
    [410, 300],
  ]);

  expect(desk.find({ left: 400, top: 300, right: 400, bottom: 300 })).toMatchObject([
    { x: 130, jpeg: jpegOf(1_280, 640) },
  ]);
});

const PAGE = { jpeg: jpegOf(1_076, 1_522), across: 1_076, down: 1_522 };
const MIDDLE = { left: 400, top: 300, right: 400, bottom: 300 };

test('a page lies below what is drawn, is seen whole, and is neither erased nor moved', () => {
  draw([
    [380, 300],
    [420, 300],
  ]);
  desk.addPage(PAGE);
  expect(view().count).toBe(2);
  expect([...desk.find(MIDDLE)].sort((one, other) => one.z - other.z)).toMatchObject([
    { kind: 'picture', isFixed: true, z: -1 },
    { kind: 'stroke' },
  ]);
  const [page] = desk.find(MIDDLE).filter(({ kind }) => kind === 'picture');
  const { scale } = view().view;
  expect(scale * (page?.kind === 'picture' ? page.down : 0)).toBeLessThan(600);

  desk.hold({ tool: 'eraser' });
  draw([
    [390, 300],
    [410, 300],
  ]);
  expect(view()).toMatchObject({ count: 1, fixed: null });
  draw([[400, 310]]);

  expect(view()).toMatchObject({ count: 1, fixed: { kind: 'picture' } });
});

test('a page that is released is moved as any picture, also after it was taken back', () => {
  desk.addPage(PAGE);
  desk.hold({ tool: 'move' });
  draw([[400, 300]]);
  desk.release();
  expect(view()).toMatchObject({ fixed: null, held: { tool: 'move' } });
  const before = desk.find(MIDDLE)[0]?.x ?? 0;
  draw([
    [400, 300],
    [440, 300],
  ]);
  expect(desk.find(MIDDLE)[0]?.x).toBeGreaterThan(before);
  desk.undo();
  desk.undo();

  expect(desk.find(MIDDLE)).toMatchObject([{ isFixed: true, x: before }]);
});

test('a page is removed, and the offer goes when the other removes it', () => {
  desk.addPage(PAGE);
  desk.hold({ tool: 'move' });
  draw([[400, 300]]);
  desk.remove();
  expect(view()).toMatchObject({ count: 0, fixed: null });
  desk.undo();
  draw([[400, 300]]);
  expect(view().fixed).not.toBeNull();
  doc.getMap('board').clear();

  expect(view()).toMatchObject({ count: 0, fixed: null });
});

test('pages and pictures share their bound', () => {
  for (let page = 0; page < 31; page += 1) desk.addPage(PAGE);

  expect(view()).toMatchObject({ count: 30, notice: 'full' });
});

test('a file of which a page is chosen is remembered until that is over', () => {
  const file = new File(['%PDF-'], 'x.pdf');
  desk.choosePage(file);
  expect(view().pdf).toBe(file);
  desk.choosePage(null);

  expect(view().pdf).toBeNull();
});

test('a file that is no picture is told, and so are too many', () => {
  desk.addPicture(null);
  expect(view().notice).toBe('no-picture');
  for (let picture = 0; picture < 31; picture += 1)
    desk.addPicture({ jpeg: jpegOf(30, 20), across: 30, down: 20 });

  expect(view()).toMatchObject({ count: 30, notice: 'full' });
});

test('one is brought where the other is, and back', () => {
  desk.bring(FAR);
  expect(view().view.x).toBeGreaterThan(4_000);
  desk.bring({ ...FAR, left: 5_100 });
  desk.goBack();

  expect(view()).toMatchObject({ view: FIRST_VIEW, before: null });
});

test('who draws is asked, and is not moved', () => {
  draw(
    [
      [10, 10],
      [90, 10],
    ],
    false,
  );
  desk.bring(FAR);
  expect(view()).toMatchObject({ view: FIRST_VIEW, wanted: FAR });
  desk.stay();
  expect(view().wanted).toBeNull();
  desk.bring(FAR);
  desk.goTo(FAR);

  expect(view()).toMatchObject({ wanted: null, before: FIRST_VIEW });
});

test('who goes on from where they were brought stays', () => {
  desk.bring(FAR);
  desk.pan(5, 5);
  expect(view().before).toBeNull();
  desk.bring(FAR);
  draw([[10, 10]]);

  expect(view().before).toBeNull();
});

test('the other is called to what one sees', () => {
  desk.callOther();

  expect(shown).toMatchObject([{ kind: 'look-here', bytes: { byteLength: 16 } }]);
});

test('with keys alone a line is drawn, a thing erased and a text placed', () => {
  desk.pressCursor();
  desk.pressCursor();
  desk.moveCursor(60, 0);
  desk.moveCursor(60, 0);
  desk.pressCursor();
  expect(view().count).toBe(1);
  desk.hold({ tool: 'eraser' });
  desk.pressCursor();
  expect(view().count).toBe(0);
  desk.hold({ tool: 'text' });
  desk.pressCursor();
  expect(view().writing).not.toBeNull();
  desk.finishText('');

  expect([desk.escape(), desk.escape()]).toEqual([true, false]);
});

test('the board follows the keys over its edge', () => {
  desk.moveCursor(600, 0);

  expect(view().view.x).toBe(224);
});

test('the board is enlarged, shown whole, and shown as it began when it is empty', () => {
  desk.zoom(2);
  expect(view().view).toEqual({ x: 200, y: 150, scale: 2 });
  desk.showAll();
  expect(view().view).toEqual(FIRST_VIEW);
  desk.pan(-9_000, 0);
  desk.setFingerDraws(false);
  draw([
    [10, 10],
    [90, 10],
  ]);
  desk.zoom(0.1);
  desk.showAll();

  expect(view().view.scale).toBe(1);
  expect(view().view.x).toBeGreaterThan(8_000);
});

test('two fingers that come after one take its line back, and the other no longer sees it', () => {
  const finger = (what: What, id: number, x: number) =>
    desk.point({ what, kind: 'touch', id, x, y: 0, isPanning: false }, 0);
  finger('down', 1, 0);
  finger('move', 1, 9);
  finger('down', 2, 99);
  finger('up', 2, 99);
  finger('up', 1, 9);

  expect(view().count).toBe(0);
  expect(shown[shown.length - 1]?.bytes.byteLength).toBe(0);
});

test('a laser shows the other where, and leaves with the pointer', () => {
  desk.hold({ tool: 'laser' });
  draw([[10, 10]]);
  expect(desk.laser).toEqual({ x: 10, y: 10 });
  desk.leave();
  expect(desk.laser).toBeNull();
  desk.receivePointer(writePointer({ x: 1, y: 2, isLaser: true, live: null }));

  expect(desk.theirs).toEqual({ x: 1, y: 2, isLaser: true, live: null });
});
