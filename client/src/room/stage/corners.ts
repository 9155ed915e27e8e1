// The corners for the small picture, named by the reading direction, and how a drag or a key chooses one. Pure.

export const CORNERS = ['top-start', 'top-end', 'bottom-start', 'bottom-end'] as const;
/** `start` is left; in a right-to-left language it is right. */
export type Corner = (typeof CORNERS)[number];

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Find the corner nearest to *place*, px from the top left of a stage of this size. On a middle line: bottom, end. */
export function nearestCorner(
  { x, y }: Place,
  stage: { readonly width: number; readonly height: number },
  isRtl: boolean,
): Corner {
  const isLeft = isRtl ? x <= stage.width / 2 : x < stage.width / 2;
  const row = y < stage.height / 2 ? 'top' : 'bottom';
  return `${row}-${isLeft === isRtl ? 'end' : 'start'}`;
}

/** Find where an arrow key moves the picture to; null for another key. An arrow goes where it points, in any language. */
export function cornerByKey(from: Corner, key: string, isRtl: boolean): Corner | null {
  const [row, column] = from.split('-') as ['top' | 'bottom', 'start' | 'end'];
  switch (key) {
    case 'ArrowUp':
      return `top-${column}`;
    case 'ArrowDown':
      return `bottom-${column}`;
    case 'ArrowLeft':
      return `${row}-${isRtl ? 'end' : 'start'}`;
    case 'ArrowRight':
      return `${row}-${isRtl ? 'start' : 'end'}`;
    default:
      return null;
  }
}

/** Go round the corners clockwise, for people who cannot drag. */
export function nextCorner(from: Corner): Corner {
  const round: readonly Corner[] = ['top-start', 'top-end', 'bottom-end', 'bottom-start'];
  return round[(round.indexOf(from) + 1) % round.length] ?? 'bottom-end';
}
