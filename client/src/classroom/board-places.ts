// Where a picture is put on the board: one that was given in the middle of what is seen; a page that one writes on as large as a sheet,
// beside the pages before it. Pure.

import { boundsOf, type Rect, unite } from './board-geometry';
import type { SmallPicture } from './board-pictures';
import { type Picture, type Place, type Shape, toStep } from './board-shapes';

type Draft = Omit<Picture, 'key' | 'z'>;

/** So much of what is seen a picture covers at most. */
const SHARE_MAX = 0.7;

/** The longer side of a page, board units: letters of ten points are as large as those of a book. */
const PAGE_UNITS = 1_200;

/** Between two pages. */
const GAP_UNITS = 40;

export function isFixed(shape: Shape): shape is Picture {
  return shape.kind === 'picture' && shape.isFixed === true;
}

export function placePicture({ jpeg, across, down }: SmallPicture, seen: Rect): Draft {
  const { left, top, right, bottom } = seen;
  const factor = Math.min(1, (SHARE_MAX * (right - left)) / across, (SHARE_MAX * (bottom - top)) / down);
  const size = { across: across * factor, down: down * factor };
  return { kind: 'picture', ...middleOf(seen, size), ...size, jpeg };
}

/** *shapes* are those that are on the board. */
export function placePage({ jpeg, across, down }: SmallPicture, shapes: readonly Shape[], seen: Rect): Draft {
  const factor = PAGE_UNITS / Math.max(across, down);
  const size = { across: across * factor, down: down * factor };
  const before = unite(shapes.filter(isFixed).map(boundsOf));
  const place = before ? toStep({ x: before.right + GAP_UNITS, y: before.top }) : middleOf(seen, size);
  return { kind: 'picture', ...place, ...size, jpeg, isFixed: true };
}

function middleOf({ left, top, right, bottom }: Rect, size: { across: number; down: number }): Place {
  return toStep({ x: (left + right - size.across) / 2, y: (top + bottom - size.down) / 2 });
}
