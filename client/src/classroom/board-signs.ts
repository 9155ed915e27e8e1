// Where the other person points on the board, what they are just drawing, and where they want one to look: in bytes. Pure. Law: what
// the other page sends is one of these or nothing.

import type { Rect } from './board-geometry';
import type { BoardHand } from './board-hand';
import {
  COLOURS,
  PLACE_MAX,
  type Place,
  readPoints,
  STEPS_PER_UNIT,
  WIDTHS,
  writePoints,
} from './board-shapes';

type Live = NonNullable<BoardHand['live']>;

export interface Pointer extends Place {
  readonly isLaser: boolean;
  /** What is being drawn. */
  readonly live: Live | null;
}

/** Nobody points. */
export const NOWHERE = new Uint8Array();

const KINDS = ['stroke', 'line', 'arrow', 'box'] as const;

/** The place, and flags. Then, of what is drawn, the kind, the colour, the width, and its place. */
const POINTER_BYTES = 9;
const LIVE_BYTES = 11;
const LASER = 1;

/** A long stroke is sent with fewer points; it comes whole with the document. */
const POINTS_SENT_MAX = 200;

const LOOK_BYTES = 16;

export function writePointer({ x, y, isLaser, live }: Pointer): Uint8Array {
  const head = new Uint8Array(POINTER_BYTES + (live ? LIVE_BYTES : 0));
  const view = new DataView(head.buffer);
  writePlace(view, 0, { x, y });
  view.setUint8(8, isLaser ? LASER : 0);
  if (!live) return head;
  view.setUint8(POINTER_BYTES, KINDS.indexOf(live.kind));
  view.setUint8(POINTER_BYTES + 1, COLOURS.indexOf(live.colour));
  view.setUint8(POINTER_BYTES + 2, WIDTHS.indexOf(live.width));
  writePlace(view, POINTER_BYTES + 3, live);
  return join(head, live.kind === 'stroke' ? writePoints(live, thin(live.points)) : placeBytes(live.to));
}

/** Read a pointer; null for nowhere, and for bytes that are none. */
export function readPointer(bytes: Uint8Array): Pointer | null {
  if (bytes.byteLength < POINTER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = readPlace(view, 0);
  if (!place) return null;
  const isLaser = (view.getUint8(8) & LASER) !== 0;
  const live = bytes.byteLength > POINTER_BYTES + LIVE_BYTES ? readLive(view, bytes) : null;
  return { ...place, isLaser, live };
}

/** Write the part of the board that one sees. */
export function writeLook({ left, top, right, bottom }: Rect): Uint8Array {
  return join(placeBytes({ x: left, y: top }), placeBytes({ x: right, y: bottom }));
}

/** Read where to look; null for what is no part of the board. */
export function readLook(bytes: Uint8Array): Rect | null {
  if (bytes.byteLength < LOOK_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [one, other] = [readPlace(view, 0), readPlace(view, 8)];
  if (!one || !other || other.x <= one.x || other.y <= one.y) return null;
  return { left: one.x, top: one.y, right: other.x, bottom: other.y };
}

function readLive(view: DataView, bytes: Uint8Array): Live | null {
  const kind = KINDS[view.getUint8(POINTER_BYTES)];
  const colour = COLOURS[view.getUint8(POINTER_BYTES + 1)];
  const width = WIDTHS[view.getUint8(POINTER_BYTES + 2)];
  const place = readPlace(view, POINTER_BYTES + 3);
  if (!kind || !colour || !width || !place) return null;
  const from = POINTER_BYTES + LIVE_BYTES;
  if (kind === 'stroke') {
    const points = readPoints(place, bytes.subarray(from));
    return points && { kind, ...place, colour, width, points };
  }
  const to = bytes.byteLength >= from + 8 ? readPlace(view, from) : null;
  return to && { kind, ...place, colour, width, to };
}

function thin(points: Extract<Live, { kind: 'stroke' }>['points']) {
  const every = Math.ceil(points.length / POINTS_SENT_MAX);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

function placeBytes(place: Place): Uint8Array {
  const bytes = new Uint8Array(8);
  writePlace(new DataView(bytes.buffer), 0, place);
  return bytes;
}

function writePlace(view: DataView, at: number, { x, y }: Place): void {
  view.setInt32(at, Math.round(x * STEPS_PER_UNIT));
  view.setInt32(at + 4, Math.round(y * STEPS_PER_UNIT));
}

function readPlace(view: DataView, at: number): Place | null {
  const place = { x: view.getInt32(at) / STEPS_PER_UNIT, y: view.getInt32(at + 4) / STEPS_PER_UNIT };
  return Math.max(Math.abs(place.x), Math.abs(place.y)) <= 2 * PLACE_MAX ? place : null;
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}
