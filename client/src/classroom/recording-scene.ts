// Where the pictures of a recording stand. Pure. Law: what is recorded has one size from its first frame to its last: a shared screen
// takes the stage within it.

export const WIDTH = 1_280;
export const HEIGHT = 720;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Beside a screen. */
const COLUMN = WIDTH / 4;

export interface Places {
  readonly remote: Box;
  readonly own: Box;
  readonly screen: Box | null;
}

/** Tell where each picture goes: the two people in halves, or in a column beside a screen. */
export function placesOf(hasScreen: boolean): Places {
  const [width, height] = hasScreen ? [COLUMN, HEIGHT / 2] : [WIDTH / 2, HEIGHT];
  const x = hasScreen ? WIDTH - COLUMN : 0;
  return {
    remote: { x, y: 0, width, height },
    own: { x: hasScreen ? x : width, y: hasScreen ? height : 0, width, height },
    screen: hasScreen ? { x: 0, y: 0, width: WIDTH - COLUMN, height: HEIGHT } : null,
  };
}

/** A person is cut at most to this from a wide picture: the middle is what one looks at. */
const CUT_RATIO = 4 / 3;

/** Tell which part of a picture of this *size* is drawn, and where in *place*. *isWhole*: nothing is cut off. */
export function fitPicture(size: Size, place: Box, isWhole: boolean): readonly [from: Box, to: Box] {
  const ratio = size.width / size.height;
  const shown = isWhole ? ratio : Math.min(ratio, CUT_RATIO);
  const taken = size.height * shown;
  const from = { x: (size.width - taken) / 2, y: 0, width: taken, height: size.height };
  const scale = Math.min(place.width / shown, place.height);
  const to = { width: scale * shown, height: scale };
  return [
    from,
    { ...to, x: place.x + (place.width - to.width) / 2, y: place.y + (place.height - to.height) / 2 },
  ];
}
