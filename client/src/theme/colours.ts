// From one colour a platform likes to the colours a page needs, each with the contrast that WCAG 2.2 asks for. Pure.

export interface Scheme {
  /** The lightest and darkest that text in the accent's colour stands on. */
  readonly surfaces: readonly string[];
  /** Where the accent moves to until it can be read. */
  readonly towards: string;
}

/** `--surface`, `--bg` and `--surface-2` of style/tokens.css. */
export const LIGHT: Scheme = { surfaces: ['#ffffff', '#f4f5f7', '#eceef2'], towards: '#000000' };
export const DARK: Scheme = { surfaces: ['#181c25', '#0f1218', '#232936'], towards: '#ffffff' };

/** WCAG 2.2, 1.4.3 and 1.4.6: of text that is not large. */
export const CONTRAST_MIN = 4.5;
export const CONTRAST_MORE = 7;

const INKS = ['#ffffff', '#0b0d12'] as const;
const SOFT_SHARE = 0.14;
const STEPS = 40;

/** Make the custom properties of tokens.css from *accent* (`#rrggbb`), readable at the contrast *least* (4.5 or 7). */
export function makeColours(
  accent: string,
  scheme: Scheme,
  least = CONTRAST_MIN,
): Readonly<Record<string, string>> {
  const [surface = '#ffffff'] = scheme.surfaces;
  const shown = makeReadable(accent, scheme.surfaces, scheme.towards, least);
  const soft = mix(surface, accent, SOFT_SHARE);
  return {
    '--accent': shown,
    '--accent-ink': INKS[0] && contrast(INKS[0], shown) >= contrast(INKS[1], shown) ? INKS[0] : INKS[1],
    '--accent-soft': soft,
    '--accent-soft-ink': makeReadable(accent, [soft], scheme.towards, least),
    '--focus': shown,
  };
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function makeReadable(colour: string, surfaces: readonly string[], towards: string, least: number): string {
  for (let step = 0; step <= STEPS; step += 1) {
    const tried = mix(colour, towards, step / STEPS);
    if (surfaces.every((surface) => contrast(tried, surface) >= least)) return tried;
  }
  return towards;
}

/** WCAG 2.2, relative luminance of sRGB. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(from: string, to: string, share: number): string {
  const target = channels(to);
  const mixed = channels(from).map((value, i) => Math.round(value + ((target[i] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
