// What one person sees of the board: their view, what they hold, and what they are told. Pure.

import type { Rect } from '../../classroom/board-geometry';
import type { Held } from '../../classroom/board-hand';
import { isFixed } from '../../classroom/board-places';
import type { Picture, Place, Shape, Text } from '../../classroom/board-shapes';
import { FIRST_VIEW, type View } from '../../classroom/board-view';
import type { Shown } from '../../classroom/tool-line';

/** The texts that a screen reader finds. */
const TEXTS_MAX = 200;

/** Something that a person is told about the board: it is full, or a file is no picture that can be shown. */
export type DeskNotice = 'full' | 'no-picture';

/** A text that is being written: a new one, or one that was there. */
export interface Writing {
  readonly at: Place;
  readonly before: Text | null;
}

export interface DeskView {
  readonly held: Held;
  readonly view: View;
  readonly fingerDraws: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly count: number;
  readonly texts: readonly string[];
  /** There is a page to write on. */
  readonly hasPage: boolean;
  readonly writing: Writing | null;
  readonly notice: DeskNotice | null;
  /** A page that the person has tried to move or to erase. */
  readonly fixed: Picture | null;
  /** A file of which a page is being chosen. */
  readonly pdf: File | null;
  /** Where one was before the other person brought one here. */
  readonly before: View | null;
  /** Where the other person wants one to look, while one draws. */
  readonly wanted: Rect | null;
}

/** What the desk needs of the lesson and of the page. */
export interface DeskHost {
  readonly isFull: () => boolean;
  /** Show the other person something. */
  readonly show: (shown: Shown) => void;
  readonly paint: {
    readonly paintOver: (shapes: readonly Shape[]) => void;
    readonly repaint: (parts: readonly Rect[]) => void;
    readonly show: (view: View) => void;
    readonly ask: () => void;
  };
  /** A shape is gone: its pixels are not needed. */
  readonly forget: (shape: Shape) => void;
}

/** Before anything is drawn. */
export const FIRST_DESK: Omit<DeskView, 'held'> = {
  view: FIRST_VIEW,
  fingerDraws: true,
  canUndo: false,
  canRedo: false,
  count: 0,
  texts: [],
  hasPage: false,
  writing: null,
  notice: null,
  fixed: null,
  pdf: null,
  before: null,
  wanted: null,
};

/** Count *shapes*, and read what is written on the board, as one reads it. */
export function countShapes(shapes: readonly Shape[]): Pick<DeskView, 'count' | 'texts' | 'hasPage'> {
  const texts = shapes.filter((shape) => shape.kind === 'text').sort(readingOrder);
  return {
    count: shapes.length,
    texts: texts.slice(0, TEXTS_MAX).map(({ text }) => text),
    hasPage: shapes.some(isFixed),
  };
}

/** From the top down, and on one height from the left. */
function readingOrder(one: Place, other: Place): number {
  return one.y - other.y || one.x - other.x;
}
