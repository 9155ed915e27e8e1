// The ink of a shape as the path of an SVG, which a canvas draws, too. Pure.

import getStroke from 'perfect-freehand';
import { headAt } from './board-geometry';
import { LINE_UNITS, type Place, type Segment, type Stroke } from './board-shapes';

/** The path of *shape*: a stroke's is filled, and any other drawn as a line of its width. */
export function pathOf(shape: Omit<Stroke, 'key' | 'z'> | Omit<Segment, 'key' | 'z'>): string {
  switch (shape.kind) {
    case 'stroke':
      return outlineOf(shape);
    case 'box':
      return `M${at(shape)}H${round(shape.to.x)}V${round(shape.to.y)}H${round(shape.x)}Z`;
    case 'line':
      return `M${at(shape)}L${at(shape.to)}`;
    case 'arrow': {
      const [one, other] = headAt(shape, shape.to, LINE_UNITS[shape.width]);
      return `M${at(shape)}L${at(shape.to)}M${at(one)}L${at(shape.to)}L${at(other)}`;
    }
  }
}

/** A pen's line grows with its pressure, and where no pressure is known with its slowness. */
function outlineOf({ points, width }: Omit<Stroke, 'key' | 'z'>): string {
  const hasPressure = points.some(({ pressure }) => pressure > 0);
  const outline = getStroke([...points], {
    size: LINE_UNITS[width] * 1.35,
    thinning: hasPressure ? 0.6 : 0.4,
    smoothing: 0.5,
    streamline: 0.35,
    simulatePressure: !hasPressure,
    last: true,
  });
  const [first] = outline;
  if (!first) return '';
  const [x, y] = first;
  const parts = outline.map(([fromX, fromY], index) => {
    const [toX, toY] = outline[(index + 1) % outline.length] ?? first;
    return `${round(fromX)} ${round(fromY)} ${round((fromX + toX) / 2)} ${round((fromY + toY) / 2)}`;
  });
  return `M${round(x)} ${round(y)}Q${parts.join(' ')}Z`;
}

function at({ x, y }: Place): string {
  return `${round(x)} ${round(y)}`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
