// The colours of the board as the style sheet has them, for its canvas.

import type { Ink } from '../../classroom/board-layer';
import type { PainterHost } from '../../classroom/board-painter';
import { COLOURS, type Colour } from '../../classroom/board-shapes';
import { otherRole } from '../store/room-store';
import { otherName } from './tools-state';

/** Read the colours in force at *element*. */
export function readInk(element: Element, pictureOf: Ink['pictureOf']): ReturnType<PainterHost['readInk']> {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const colours = Object.fromEntries(COLOURS.map((each) => [each, colour(`--board-${each}`)])) as Record<
    Colour,
    string
  >;
  return {
    colours,
    empty: colour('--line'),
    laser: colour('--board-red'),
    fontFamily: style.fontFamily,
    pictureOf,
    owner: { name: otherName(), colour: colour(`--${otherRole}`), ink: colour('--surface') },
  };
}
