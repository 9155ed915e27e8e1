// The board as an SVG to keep. Pure. Law: nothing that a person wrote becomes a tag or an attribute, and there is no script and no
// address in it: what pictures there are stand in it whole.

import { toBase64 } from '../base/base64';
import { boundsOf, grow, LINE_HEIGHT, unite } from './board-geometry';
import { pathOf } from './board-path';
import { type Colour, compareShapes, LETTER_UNITS, LINE_UNITS, type Shape, type Text } from './board-shapes';
import { isJpeg } from './jpeg-size';

/** On white paper. */
const COLOUR_VALUES: Readonly<Record<Colour, string>> = {
  ink: '#161a22',
  red: '#c81e1e',
  orange: '#b45309',
  green: '#15803d',
  blue: '#2456d6',
  violet: '#6d28d9',
};

const MARGIN_UNITS = 24;

/** Where the first line's letters stand below its top, in their height. */
export const BASELINE = 1;

/** Hebrew, Arabic and their neighbours; before any Latin, Greek or Cyrillic letter. */
const RIGHT_TO_LEFT = /^[^A-Za-z\u00c0-\u058f]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Draw *shapes*, as large as they are. An empty board is an empty picture. */
export function boardToSvg(shapes: readonly Shape[]): string {
  const all = grow(unite(shapes.map(boundsOf)) ?? { left: 0, top: 0, right: 0, bottom: 0 }, MARGIN_UNITS);
  const [left, top] = [Math.floor(all.left), Math.floor(all.top)];
  const [across, down] = [Math.ceil(all.right) - left, Math.ceil(all.bottom) - top];
  const drawn = [...shapes].sort(compareShapes).map(draw).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${across} ${down}" width="${across}" height="${down}">`,
    `<rect x="${left}" y="${top}" width="${across}" height="${down}" fill="#ffffff"/>`,
    drawn,
    '</svg>\n',
  ].join('\n');
}

/** Tell whether *text* begins on the right. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

function draw(shape: Shape): string {
  switch (shape.kind) {
    case 'stroke':
      return `<path d="${pathOf(shape)}" fill="${COLOUR_VALUES[shape.colour]}"/>`;
    case 'text':
      return drawText(shape);
    case 'picture': {
      const { x, y, across, down, jpeg } = shape;
      const place = `x="${x}" y="${y}" width="${across}" height="${down}"`;
      return jpeg && isJpeg(jpeg)
        ? `<image ${place} preserveAspectRatio="none" href="data:image/jpeg;base64,${toBase64(jpeg)}"/>`
        : `<rect ${place} fill="#d5d9e0"/>`;
    }
    default:
      return `<path d="${pathOf(shape)}" fill="none" stroke="${COLOUR_VALUES[shape.colour]}" stroke-width="${LINE_UNITS[shape.width]}" stroke-linecap="round" stroke-linejoin="round"/>`;
  }
}

/** Its left edge is where it was put, in any direction. */
function drawText({ x, y, text, colour, width }: Text): string {
  const letter = LETTER_UNITS[width];
  const lines = text.split('\n').map((line, index) => {
    const turned = isRightToLeft(line) ? ' direction="rtl" text-anchor="end"' : '';
    const down = Math.round((y + (BASELINE + index * LINE_HEIGHT) * letter) * 100) / 100;
    return `<tspan x="${x}" y="${down}"${turned}>${escapeXml(line)}</tspan>`;
  });
  return `<text font-family="sans-serif" font-size="${letter}" fill="${COLOUR_VALUES[colour]}" xml:space="preserve">${lines.join('')}</text>`;
}

function escapeXml(text: string): string {
  return Array.from(text)
    .filter(isXml)
    .map((sign) => ESCAPES[sign] ?? sign)
    .join('');
}

/** Some characters XML 1.0 cannot have, escaped or not (§2.2), nor half of a pair. */
function isXml(sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0;
  return code >= 0x20 && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
