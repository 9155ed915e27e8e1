// The board in the lesson's document: two pages draw on it, and each undoes what it drew itself.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { BoardDocument, type Change, readBoard } from '../src/classroom/board-document';
import { writeShape } from '../src/classroom/board-shapes';
import { ARROW, anyValue, BOX, jpegOf, PICTURE, STROKE, TEXT } from './board-drawings';

/** Two pages; what one does is on the other after `meet`. */
function makePages() {
  const docs = [new Y.Doc(), new Y.Doc()] as const;
  const boards = docs.map((doc) => new BoardDocument(doc)) as [BoardDocument, BoardDocument];
  const meet = () => {
    const [one, other] = docs;
    const updates = [Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(other)] as const;
    Y.applyUpdate(one, updates[1]);
    Y.applyUpdate(other, updates[0]);
  };
  return { docs, boards, meet };
}

const kinds = (board: BoardDocument) => [...board.shapes.values()].map(({ kind }) => kind).sort();

test('what both draw at once is on both pages, in one order', () => {
  const { docs, boards, meet } = makePages();
  const [one, other] = boards;

  one.add(STROKE);
  other.add(BOX);
  meet();

  expect(readBoard(docs[0])).toEqual(readBoard(docs[1]));
  expect(kinds(one)).toEqual(['box', 'stroke']);
});

test('what is drawn later lies above', () => {
  const { docs, boards, meet } = makePages();
  const [one, other] = boards;

  one.add(STROKE);
  meet();
  other.add(BOX);

  expect(readBoard(docs[1]).map(({ kind }) => kind)).toEqual(['stroke', 'box']);
});

test('what is put below lies below all, also below what was put there before', () => {
  const { docs, boards } = makePages();
  const [one] = boards;
  one.add(STROKE);
  one.add({ ...PICTURE, isFixed: true }, 'below');
  one.add(BOX, 'below');

  expect(readBoard(docs[0])).toMatchObject([
    { kind: 'box', z: -2 },
    { kind: 'picture', isFixed: true, z: -1 },
    { kind: 'stroke' },
  ]);
});

test('what is new and lies above all is told as such, and nothing else is', () => {
  const { boards, meet } = makePages();
  const [one, other] = boards;
  const told: boolean[] = [];
  one.onChange = (changes) => told.push(...changes.map(({ isOver }) => isOver));
  one.add(STROKE);
  one.add(BOX, 'below');
  for (const shape of [...one.shapes.values()].slice(0, 1)) one.replace({ ...shape, x: 0 });
  other.add(ARROW);
  meet();

  expect(told).toEqual([true, false, false, false]);
});

test('one undoes what one drew oneself, and nothing of the other', () => {
  const { boards, meet } = makePages();
  const [one, other] = boards;
  one.add(STROKE);
  meet();
  other.add(BOX);
  meet();

  one.undo();
  meet();

  expect(kinds(other)).toEqual(['box']);
  expect([one.canUndo, one.canRedo]).toEqual([false, true]);
  one.redo();
  meet();
  expect(kinds(other)).toEqual(['box', 'stroke']);
});

test('either erases what the other drew, and it comes back when that is undone', () => {
  const { boards, meet } = makePages();
  const [one, other] = boards;
  one.add(PICTURE);
  one.add({ ...PICTURE, jpeg: jpegOf(30, 20) });
  meet();

  other.begin();
  for (const shape of [...other.shapes.values()]) other.erase([shape]);
  meet();
  expect(kinds(one)).toEqual([]);
  other.undo();
  meet();

  expect(kinds(one)).toEqual(['picture', 'picture']);
  expect([...one.shapes.values()]).toContainEqual(expect.objectContaining({ jpeg: jpegOf(30, 20) }));
});

test('a shape is moved, and back', () => {
  const { boards, meet } = makePages();
  const [one, other] = boards;
  one.add(TEXT);
  meet();
  const [text] = [...other.shapes.values()];

  other.begin();
  if (text) other.replace({ ...text, x: 500 });
  meet();
  expect([...one.shapes.values()]).toMatchObject([{ x: 500, text: 'el gato' }]);
  other.undo();

  expect([...other.shapes.values()]).toMatchObject([{ x: 10 }]);
});

test('what was erased meanwhile is not moved back onto the board', () => {
  const { boards } = makePages();
  const [one] = boards;
  one.add(ARROW);
  const [arrow] = [...one.shapes.values()];
  if (!arrow) return;
  one.erase([arrow]);

  one.replace(arrow);

  expect(one.shapes.size).toBe(0);
});

test('a change is told with what was there before, once', () => {
  const { boards } = makePages();
  const [one] = boards;
  const told: Change[] = [];
  one.onChange = (changes) => told.push(...changes);

  one.add(STROKE);
  one.undo();
  one.stop();
  one.add(BOX);

  expect(told).toMatchObject([
    { before: null, after: { kind: 'stroke' } },
    { before: { kind: 'stroke' }, after: null },
  ]);
});

test('what is no shape stays in the document and is not drawn', () => {
  const { docs, boards, meet } = makePages();
  const [one] = boards;
  docs[1].getMap('board').set('later', { ...writeShape(ARROW, 1), kind: 'spiral' });

  meet();

  expect(one.shapes.size).toBe(0);
  expect(docs[0].getMap('board').get('later')).toMatchObject({ kind: 'spiral' });
});

test('whatever the other page writes, the board can be read and drawn on', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 8 }), (values) => {
      const { docs, boards, meet } = makePages();
      const [, theirs] = docs;
      const [one] = boards;
      values.forEach((value, index) => {
        try {
          theirs.getMap('board').set(String(index % 4), value);
        } catch {
          // Yjs itself refuses it.
        }
      });
      meet();

      expect(one.add(BOX)).toBe(true);
      expect(readBoard(docs[0]).length).toBe(one.shapes.size);
    }),
    { numRuns: 50 },
  );
});

test('random edits of two pages that meet now and then end in one board', () => {
  const step = fc.record({ page: fc.nat(1), act: fc.constantFrom('add', 'erase', 'undo', 'redo', 'meet') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { docs, boards, meet } = makePages();
      for (const { page, act } of steps) {
        const board = boards[page as 0 | 1];
        board.begin();
        if (act === 'add') board.add(page ? BOX : STROKE);
        else if (act === 'erase') board.erase([...board.shapes.values()].slice(0, 1));
        else if (act === 'meet') meet();
        else board[act]();
      }
      meet();

      expect(readBoard(docs[0])).toEqual(readBoard(docs[1]));
      for (const [index, board] of boards.entries())
        expect(board.shapes.size).toBe(docs[index as 0 | 1].getMap('board').size);
    }),
    { numRuns: 60 },
  );
});
