// What a hand with a tool does on the board, from the press to its end. Pure, but for what it is given to work with. Law: what is not
// ended leaves nothing behind.

import { around, boundsOf } from './board-geometry';
import {
  type Colour,
  type Draft,
  isInReach,
  type PenPoint,
  type Place,
  POINTS_MAX,
  type Shape,
  toStep,
  type Width,
} from './board-shapes';

export const TOOLS = ['pan', 'pen', 'line', 'arrow', 'box', 'text', 'eraser', 'move', 'laser'] as const;
export type Tool = (typeof TOOLS)[number];

export type HandState = 'idle' | 'inking' | 'stretching' | 'placing' | 'erasing' | 'carrying' | 'pointing';

/** A press with a tool, or what follows it. */
export type HandEvent = Tool | 'ended' | 'abandoned';

const AGAIN = { ended: 'idle', abandoned: 'idle' } as const;

/** What follows what; an event without a row changes nothing. */
export const HAND_NEXT: Readonly<Record<HandState, Readonly<Partial<Record<HandEvent, HandState>>>>> = {
  idle: {
    pen: 'inking',
    line: 'stretching',
    arrow: 'stretching',
    box: 'stretching',
    text: 'placing',
    eraser: 'erasing',
    move: 'carrying',
    laser: 'pointing',
  },
  inking: AGAIN,
  stretching: AGAIN,
  placing: AGAIN,
  erasing: AGAIN,
  carrying: AGAIN,
  pointing: AGAIN,
};

/** What the hand works with. */
export interface HandPorts {
  /** What is done from now on is undone by itself. */
  readonly begin: () => void;
  readonly add: (draft: Draft) => void;
  readonly replace: (shape: Shape) => void;
  readonly erase: (shapes: readonly Shape[]) => void;
  /** Give back what was done since `begin`. */
  readonly takeBack: () => void;
  /** Find what a way from one place to the other meets, the highest first. */
  readonly find: (from: Place, to: Place) => readonly Shape[];
  /** Let the person write a text at a place. */
  readonly write: (at: Place) => void;
}

/** What the hand holds. */
export interface Held {
  readonly tool: Tool;
  readonly colour: Colour;
  readonly width: Width;
}

/** A line that is shorter was no line, but a slip: board units. */
const LINE_UNITS_MIN = 3;

type Drawn = Exclude<Draft, { kind: 'text' | 'picture' }>;

export class BoardHand {
  state: HandState = 'idle';
  held: Held = { tool: 'pen', colour: 'ink', width: 'fine' };
  /** What is being drawn and is not in the document. */
  live: Drawn | null = null;
  private last: Place = { x: 0, y: 0 };
  private carried: Shape | null = null;
  private hasErased = false;

  constructor(private readonly ports: HandPorts) {}

  /** Whether the press has met something that it moves or erases. */
  get hasMet(): boolean {
    return this.carried !== null || this.hasErased;
  }

  /** Press at *point*. */
  begin(point: PenPoint): void {
    const { tool, colour, width } = this.held;
    const state = HAND_NEXT[this.state][tool];
    if (!state) return;
    this.state = state;
    const place = toStep(point);
    this.last = place;
    this.ports.begin();
    if (state === 'inking') {
      const points = [{ ...place, pressure: point.pressure }];
      this.live = { kind: 'stroke', ...place, colour, width, points };
    } else if (tool === 'line' || tool === 'arrow' || tool === 'box')
      this.live = { kind: tool, ...place, colour, width, to: place };
    else if (state === 'erasing') this.erase(place);
    else if (state === 'carrying') [this.carried = null] = this.ports.find(place, place);
  }

  /** Move to *point*. */
  extend(point: PenPoint): void {
    const place = toStep(point);
    const { live } = this;
    if (live?.kind === 'stroke') this.ink(live, { ...place, pressure: point.pressure });
    else if (live) this.live = { ...live, to: place };
    else if (this.state === 'erasing') this.erase(place);
    else if (this.state === 'carrying') this.carry(place);
    this.last = place;
  }

  end(): void {
    const { state, live } = this;
    this.go('ended');
    if (state === 'placing') this.ports.write(this.last);
    if (live && (live.kind === 'stroke' || isLong(live))) this.ports.add(live);
  }

  /** Leave nothing of what was begun. */
  abandon(): void {
    const { state, carried, hasErased } = this;
    this.go('abandoned');
    if ((state === 'carrying' && carried) || (state === 'erasing' && hasErased)) this.ports.takeBack();
  }

  private go(event: 'ended' | 'abandoned'): void {
    this.state = HAND_NEXT[this.state][event] ?? this.state;
    this.live = this.carried = null;
    this.hasErased = false;
  }

  private ink(live: Extract<Drawn, { kind: 'stroke' }>, point: PenPoint): void {
    if (point.x === this.last.x && point.y === this.last.y) return;
    if (live.points.length < POINTS_MAX && isInReach(live, point)) {
      this.live = { ...live, points: [...live.points, point] };
      return;
    }
    // It goes on as another stroke, from where it was.
    this.ports.add(live);
    const before = live.points[live.points.length - 1] ?? point;
    const points = isInReach(before, point) ? [before, point] : [point];
    const [{ x, y }] = points as [PenPoint];
    this.live = { ...live, x, y, points };
  }

  private erase(place: Place): void {
    const met = this.ports.find(this.last, place);
    if (met.length === 0) return;
    this.hasErased = true;
    this.ports.erase(met);
  }

  private carry(place: Place): void {
    if (!this.carried) return;
    const moved = moveShape(this.carried, { x: place.x - this.last.x, y: place.y - this.last.y });
    if (!moved) return;
    this.carried = moved;
    this.ports.replace(moved);
  }
}

/** Put *shape* elsewhere; null where it would not be on the board. */
function moveShape(shape: Shape, { x, y }: Place): Shape | null {
  const by = <P extends Place>(place: P): P => ({ ...place, x: place.x + x, y: place.y + y });
  const moved = by(shape);
  const { left, top } = boundsOf(moved);
  const stays = toStep(moved);
  if (stays.x !== moved.x || stays.y !== moved.y || !Number.isFinite(left + top)) return null;
  if (moved.kind === 'stroke') return { ...moved, points: moved.points.map(by) };
  return 'to' in moved ? { ...moved, to: toStep(by(moved.to)) } : moved;
}

function isLong(live: Exclude<Drawn, { kind: 'stroke' }>): boolean {
  const { left, top, right, bottom } = around([live, live.to]);
  return Math.hypot(right - left, bottom - top) >= LINE_UNITS_MIN;
}
