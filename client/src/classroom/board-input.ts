// What pens, fingers and mice on the board mean: drawing, or moving the board. Pure. Law: once a pen was seen a finger never draws, so
// that a hand may lie on the board; two fingers move the board and never leave ink.

import type { Place } from './board-shapes';

export type PointerKind = 'pen' | 'touch' | 'mouse';

/** Something that a pointer did; places in CSS pixels of the window. */
export interface PointerInput extends Place {
  readonly what: 'down' | 'move' | 'up' | 'cancel';
  readonly id: number;
  readonly kind: PointerKind;
  /** Whether this press moves the board whatever the pointer is: the middle button, or the hand is chosen. */
  readonly isPanning: boolean;
}

/** What it means. `follow`: the board moves with the pointers. */
export type InputEffect =
  | { readonly kind: 'begin' | 'extend'; readonly at: Place }
  | { readonly kind: 'end' | 'abandon' }
  | { readonly kind: 'follow'; readonly before: readonly Place[]; readonly after: readonly Place[] };

export interface InputState {
  readonly mode: 'idle' | 'drawing' | 'following';
  /** Those that draw or move the board. The others that touch it mean nothing until they are lifted. */
  readonly pointers: readonly PointerInput[];
  /** Whether a pen was ever seen on this board. */
  readonly hasPen: boolean;
  /** How far the one that draws has gone, CSS pixels. */
  readonly drawnPx: number;
}

export const NO_INPUT: InputState = { mode: 'idle', pointers: [], hasPen: false, drawnPx: 0 };

/** A second finger that comes later than this is a hand that was laid down, and no wish to move the board. */
const BEGUN_PX_MAX = 24;

/** Take in *input*; *fingerDraws* is what the person chose for one finger. */
export function receiveInput(
  state: InputState,
  input: PointerInput,
  fingerDraws: boolean,
): readonly [InputState, readonly InputEffect[]] {
  const hasPen = state.hasPen || input.kind === 'pen';
  const next = { ...state, hasPen };
  switch (input.what) {
    case 'down':
      return receiveDown(next, input, fingerDraws && !hasPen);
    case 'move':
      return receiveMove(next, input);
    default:
      return receiveUp(next, input);
  }
}

type Outcome = ReturnType<typeof receiveInput>;

function receiveDown(state: InputState, input: PointerInput, fingerDraws: boolean): Outcome {
  const draws = !input.isPanning && (input.kind !== 'touch' || fingerDraws);
  const [first] = state.pointers;
  if (!first) return begin(state, input, draws);
  // The hand was on the board before its pen.
  if (input.kind === 'pen' && first.kind === 'touch') {
    const [next, effects] = begin(state, input, draws);
    return [next, state.mode === 'drawing' ? [{ kind: 'abandon' }, ...effects] : effects];
  }
  const isSecondFinger = state.pointers.length === 1 && first.kind === 'touch' && input.kind === 'touch';
  const isLate = state.mode === 'drawing' && state.drawnPx > BEGUN_PX_MAX;
  if (!isSecondFinger || isLate) return [state, []];
  const effects: readonly InputEffect[] = state.mode === 'drawing' ? [{ kind: 'abandon' }] : [];
  return [{ ...state, mode: 'following', pointers: [first, input] }, effects];
}

function begin(state: InputState, input: PointerInput, draws: boolean): Outcome {
  const next: InputState = {
    ...state,
    mode: draws ? 'drawing' : 'following',
    pointers: [input],
    drawnPx: 0,
  };
  return [next, draws ? [{ kind: 'begin', at: input }] : []];
}

function receiveMove(state: InputState, input: PointerInput): Outcome {
  const before = state.pointers.find(({ id }) => id === input.id);
  if (!before) return [state, []];
  const pointers = state.pointers.map((each) => (each.id === input.id ? input : each));
  if (state.mode === 'following')
    return [{ ...state, pointers }, [{ kind: 'follow', before: state.pointers, after: pointers }]];
  const drawnPx = state.drawnPx + Math.hypot(input.x - before.x, input.y - before.y);
  return [{ ...state, pointers, drawnPx }, [{ kind: 'extend', at: input }]];
}

/** After two fingers the one that is left goes on moving the board. */
function receiveUp(state: InputState, input: PointerInput): Outcome {
  const pointers = state.pointers.filter(({ id }) => id !== input.id);
  if (pointers.length === state.pointers.length) return [state, []];
  if (pointers.length > 0) return [{ ...state, pointers }, []];
  const kind = input.what === 'up' ? 'end' : 'abandon';
  return [{ ...state, mode: 'idle', pointers }, state.mode === 'drawing' ? [{ kind }] : []];
}
