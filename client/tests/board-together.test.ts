// Two people who draw over a channel that drops and comes back: afterwards both boards are the same to the byte, and what nobody
// erased is on them.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BoardDocument, readBoard } from '../src/classroom/board-document';
import { compareShapes, type Draft, type Shape } from '../src/classroom/board-shapes';
import { LessonDocument } from '../src/classroom/lesson-document';
import { ARROW, BOX, jpegOf, PICTURE, STROKE, TEXT } from './board-drawings';
import { type LineStep, lineStep, side, ToolPage, TwoPages } from './tool-pages';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

class BoardPage extends ToolPage {
  readonly board = new BoardDocument(this.document.doc);

  get shapes(): readonly Shape[] {
    return [...this.board.shapes.values()].sort(compareShapes);
  }
}

const DRAFTS: readonly Draft[] = [STROKE, ARROW, BOX, TEXT];
const at = fc.nat(500);

const boardStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('draw' as const), side, at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('paste' as const),
      side,
      bytes: fc.integer({ min: 64, max: 40_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('erase' as const),
      side,
      at,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      side,
      at,
      by: fc.integer({ min: -400, max: 400 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const), side }) },
);
type BoardStep = typeof boardStep extends fc.Arbitrary<infer T> ? T : never;
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: boardStep }, { weight: 2, arbitrary: lineStep }), {
  maxLength: 60,
});

/** Plays steps, and remembers what was drawn and what somebody took away. */
class Lesson {
  readonly two = new TwoPages((kept) => new BoardPage(kept));
  readonly drawn = new Set<string>();
  readonly taken = new Set<string>();

  play(step: BoardStep | LineStep): void {
    if (!isOnBoard(step)) {
      this.two.play(step);
      return;
    }
    const { board } = this.two.pages[step.side];
    const before = new Set(board.shapes.keys());
    board.begin();
    draw(this.two.pages[step.side], step);
    for (const key of board.shapes.keys()) if (!before.has(key)) this.drawn.add(key);
    for (const key of before) if (!board.shapes.has(key)) this.taken.add(key);
  }
}

function isOnBoard(step: BoardStep | LineStep): step is BoardStep {
  return ['draw', 'paste', 'erase', 'move', 'undo', 'redo'].includes(step.do);
}

function draw({ board, shapes }: BoardPage, step: BoardStep): void {
  const from = 'at' in step && shapes.length > 0 ? step.at % shapes.length : 0;
  if (step.do === 'undo' || step.do === 'redo') board[step.do]();
  else if (step.do === 'draw') board.add(DRAFTS[step.at % DRAFTS.length] ?? BOX);
  else if (step.do === 'paste') {
    const jpeg = new Uint8Array(step.bytes);
    jpeg.set(jpegOf(30, 20));
    board.add({ ...PICTURE, jpeg });
  } else if (step.do === 'erase') board.erase(shapes.slice(from, from + step.count));
  else if (step.do === 'move')
    for (const shape of shapes.slice(from, from + 1)) board.replace({ ...shape, x: shape.x + step.by });
}

/** The document as a third page would get it: what one can undo is kept on one's own page alone. */
function copyOf({ document }: BoardPage): Uint8Array {
  const copy = new LessonDocument(() => undefined);
  copy.restore(document.readWhole());
  return copy.readWhole();
}

test('after any drawing over any channel both boards are the same to the byte, and nothing is lost', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const lesson = new Lesson();
      for (const step of all) lesson.play(step);
      const [student, tutor] = lesson.two.meet();

      expect(student.document.readVector()).toEqual(tutor.document.readVector());
      expect(copyOf(student)).toEqual(copyOf(tutor));
      for (const { board, document, shapes, notices } of [student, tutor]) {
        expect(shapes).toEqual(readBoard(document.doc));
        expect(board.shapes.size).toBe(document.doc.getMap('board').size);
        expect([...lesson.drawn].filter((key) => !lesson.taken.has(key) && !board.shapes.has(key))).toEqual(
          [],
        );
        expect(notices).toEqual([]);
      }
      expect(student.shapes).toEqual(tutor.shapes);
    }),
    { numRuns: 250 },
  );
});

test('whatever was undone while both were apart, one undoes only what one drew oneself', () => {
  const ownStep = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('draw' as const), side, at }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const), side }) },
    { weight: 2, arbitrary: lineStep.filter((step) => step.do !== 'reload') },
  );
  fc.assert(
    fc.property(fc.array(ownStep, { maxLength: 40 }), (all) => {
      const lesson = new Lesson();
      /** How many of the own things each has on the board, and can bring back. */
      const own = [
        { drawn: 0, undone: 0 },
        { drawn: 0, undone: 0 },
      ] as const;
      for (const step of all) {
        lesson.play(step);
        if (!isOnBoard(step)) continue;
        const one = own[step.side];
        if (step.do === 'draw') Object.assign(one, { drawn: one.drawn + 1, undone: 0 });
        else if (step.do === 'undo' && one.drawn > 0)
          Object.assign(one, { drawn: one.drawn - 1, undone: one.undone + 1 });
        else if (step.do === 'redo' && one.undone > 0)
          Object.assign(one, { drawn: one.drawn + 1, undone: one.undone - 1 });
      }
      const pages = lesson.two.meet();

      const expected = own[0].drawn + own[1].drawn;
      expect(pages.map(({ board }) => board.shapes.size)).toEqual([expected, expected]);
    }),
    { numRuns: 120 },
  );
});
