// What is drawn on the board, as it stands in the lesson's document. Pure. Law: the other page may have written anything there;
// whatever is no shape of these kinds, within these bounds, is left in the document and not drawn.

/** Colours go by name, so that each page draws them for its own light or dark. */
export const COLOURS = ['ink', 'red', 'orange', 'green', 'blue', 'violet'] as const;
export type Colour = (typeof COLOURS)[number];

export const WIDTHS = ['fine', 'medium', 'bold'] as const;
export type Width = (typeof WIDTHS)[number];

/** Of a line and of letters, board units. A unit is a CSS pixel where the board is neither enlarged nor reduced. */
export const LINE_UNITS: Readonly<Record<Width, number>> = { fine: 3, medium: 6, bold: 14 };
export const LETTER_UNITS: Readonly<Record<Width, number>> = { fine: 18, medium: 28, bold: 48 };

/** The board is as large as anybody draws; beyond this a page's numbers grow coarse. */
export const PLACE_MAX = 100_000;

/** A place is whole in quarters of a unit. */
export const STEPS_PER_UNIT = 4;

/** A longer stroke goes on as another one. */
export const POINTS_MAX = 2_000;
export const TEXT_CHARACTERS_MAX = 500;
const TEXT_LINES_MAX = 20;
const KEY_CHARACTERS_MAX = 64;
export const PICTURE_BYTES_MAX = 262_144;

/** A point's place from the first one's and its pressure: 16, 16 and 8 bits. */
const POINT_BYTES = 5;
const REACH_UNITS = 32_767 / STEPS_PER_UNIT;
const PRESSURE_MAX = 255;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A place of a pen, and how hard it was pressed, up to 1; 0 where nobody knows. */
export interface PenPoint extends Place {
  readonly pressure: number;
}

interface Placed extends Place {
  /** Unlike any other's on this board. */
  readonly key: string;
  /** What is higher lies above; of two alike the one whose key is greater. */
  readonly z: number;
}

interface Inked extends Placed {
  readonly colour: Colour;
  readonly width: Width;
}

/** Its points are places on the board. */
export interface Stroke extends Inked {
  readonly kind: 'stroke';
  readonly points: readonly PenPoint[];
}

/** From its place to `to`; a box has the two in opposite corners. */
export interface Segment extends Inked {
  readonly kind: 'line' | 'arrow' | 'box';
  readonly to: Place;
}

/** Its place is where its first line begins on the left, at the top. */
export interface Text extends Inked {
  readonly kind: 'text';
  readonly text: string;
}

export interface Picture extends Placed {
  readonly kind: 'picture';
  readonly across: number;
  readonly down: number;
  /** A JPEG; null while it has not come. */
  readonly jpeg: Uint8Array | null;
  /** A page that one writes on: neither erased nor moved until somebody releases it. */
  readonly isFixed?: true;
}

export type Shape = Stroke | Segment | Text | Picture;

/** A shape as it is before it has a key and a height. */
export type Draft =
  | Omit<Stroke, 'key' | 'z'>
  | Omit<Segment, 'key' | 'z'>
  | Omit<Text, 'key' | 'z'>
  | Omit<Picture, 'key' | 'z'>;

/** Put what lies above after what lies below. */
export function compareShapes(one: Shape, other: Shape): number {
  if (one.z !== other.z) return one.z - other.z;
  return one.key < other.key ? -1 : 1;
}

/** Read what stands at *key* of the board; null for what is no shape. *jpeg* is what stands at the same key among the pictures. */
export function readShape(key: string, value: unknown, jpeg?: unknown): Shape | null {
  if (typeof value !== 'object' || value === null || key.length > KEY_CHARACTERS_MAX) return null;
  const given = value as Readonly<Record<string, unknown>>;
  const { kind, z, x, y } = given;
  if (!isWithin(x) || !isWithin(y) || !Number.isSafeInteger(z)) return null;
  const placed: Placed = { key, z: z as number, x, y };
  if (kind === 'picture') return readPicture(placed, given, jpeg);
  const colour = COLOURS.find((each) => each === given['colour']);
  const width = WIDTHS.find((each) => each === given['width']);
  return colour && width ? readInked({ ...placed, colour, width }, given) : null;
}

/** Write *draft* as what stands in the document, the bytes of a picture apart. */
export function writeShape(draft: Draft, z: number): Readonly<Record<string, unknown>> {
  const { x, y } = draft;
  switch (draft.kind) {
    case 'stroke':
      return { ...draft, z, points: writePoints(draft, draft.points) };
    case 'picture':
      return {
        ...{ kind: draft.kind, z, x, y, across: draft.across, down: draft.down },
        ...(draft.isFixed && { isFixed: true }),
      };
    case 'text':
      return { ...draft, z };
    default:
      return { ...draft, z, to: [draft.to.x, draft.to.y] };
  }
}

/** Tell whether a stroke that begins at *first* can have a point at *place*. */
export function isInReach(first: Place, place: Place): boolean {
  return Math.abs(place.x - first.x) <= REACH_UNITS && Math.abs(place.y - first.y) <= REACH_UNITS;
}

/** Bring a place onto the board, and onto its steps. */
export function toStep({ x, y }: Place): Place {
  const step = (number: number) =>
    Math.max(-PLACE_MAX, Math.min(PLACE_MAX, Math.round(number * STEPS_PER_UNIT) / STEPS_PER_UNIT));
  return { x: step(x), y: step(y) };
}

/** Write *points* as bytes, from *first*. */
export function writePoints(first: Place, points: readonly PenPoint[]): Uint8Array {
  const bytes = new Uint8Array(points.length * POINT_BYTES);
  const view = new DataView(bytes.buffer);
  points.forEach(({ x, y, pressure }, index) => {
    view.setInt16(index * POINT_BYTES, Math.round((x - first.x) * STEPS_PER_UNIT));
    view.setInt16(index * POINT_BYTES + 2, Math.round((y - first.y) * STEPS_PER_UNIT));
    view.setUint8(index * POINT_BYTES + 4, Math.round(pressure * PRESSURE_MAX));
  });
  return bytes;
}

/** Read points that `writePoints` wrote; null for other bytes, none, or too many. */
export function readPoints(first: Place, bytes: unknown): readonly PenPoint[] | null {
  if (!(bytes instanceof Uint8Array)) return null;
  const count = bytes.byteLength / POINT_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > POINTS_MAX) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => ({
    x: first.x + view.getInt16(index * POINT_BYTES) / STEPS_PER_UNIT,
    y: first.y + view.getInt16(index * POINT_BYTES + 2) / STEPS_PER_UNIT,
    pressure: view.getUint8(index * POINT_BYTES + 4) / PRESSURE_MAX,
  }));
}

/** Bring what a person wrote within what a text may be; empty for nothing. */
export function cleanText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').split('\n').slice(0, TEXT_LINES_MAX);
  return Array.from(lines.join('\n').trimEnd()).slice(0, TEXT_CHARACTERS_MAX).join('');
}

function readInked(inked: Inked, given: Readonly<Record<string, unknown>>): Shape | null {
  const { kind, to, text } = given;
  if (kind === 'stroke') {
    const points = readPoints(inked, given['points']);
    return points && { ...inked, kind, points };
  }
  if (kind === 'text') {
    const cleaned = typeof text === 'string' && text.length <= 2 * TEXT_CHARACTERS_MAX ? cleanText(text) : '';
    return cleaned === '' ? null : { ...inked, kind, text: cleaned };
  }
  if (kind !== 'line' && kind !== 'arrow' && kind !== 'box') return null;
  const [x, y, ...more] = Array.isArray(to) ? (to as readonly unknown[]) : [];
  return isWithin(x) && isWithin(y) && more.length === 0 ? { ...inked, kind, to: { x, y } } : null;
}

function readPicture(
  placed: Placed,
  { across, down, isFixed }: Readonly<Record<string, unknown>>,
  jpeg: unknown,
): Picture | null {
  if (!isWithin(across) || !isWithin(down) || across <= 0 || down <= 0) return null;
  const isPicture = jpeg instanceof Uint8Array && jpeg.byteLength <= PICTURE_BYTES_MAX;
  const picture: Picture = { ...placed, kind: 'picture', across, down, jpeg: isPicture ? jpeg : null };
  return isFixed === true ? { ...picture, isFixed } : picture;
}

function isWithin(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= PLACE_MAX;
}
