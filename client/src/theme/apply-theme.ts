// Applies a platform's theme to the page: custom properties by script, which the content security policy allows, and the brand
// as a signal for the header.

import { signal } from '@preact/signals';
import { isDark } from './colour-scheme';
import { type Feature, PLAIN, receiveTheme, shows, type Theme } from './theme';

/** After this time the page is drawn in our colours, and changes when the platform's come. */
const COLOURS_MS_MAX = 1_000;

export const theme = signal<Theme>(PLAIN);

/** Tell whether the platform shows *feature*. */
export function isShown(feature: Feature): boolean {
  return shows(theme.value, feature);
}

/** Show the page in *chosen*; boot.ts has set its colour scheme by now. Resolves when to draw. */
export async function applyTheme(chosen: Theme): Promise<void> {
  theme.value = chosen;
  const { style } = document.documentElement;
  const { accent, radius } = chosen;
  if (radius !== null) {
    style.setProperty('--radius-s', `${Math.round(radius * 0.6)}px`);
    style.setProperty('--radius-m', `${radius}px`);
    style.setProperty('--radius-l', `${Math.round(radius * 1.6)}px`);
  }
  if (accent === null) return;
  const late = new Promise<void>((resolve) => setTimeout(resolve, COLOURS_MS_MAX));
  await Promise.race([paintIn(accent).catch(() => undefined), late]);
}

/** Most pages have no accent: what makes colours from one is loaded with it. A page that cannot have it stays in our colours. */
async function paintIn(accent: string): Promise<void> {
  const { CONTRAST_MIN, CONTRAST_MORE, DARK, LIGHT, makeColours } = await import('./colours');
  const { style } = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  const paint = () => {
    const least = more.matches ? CONTRAST_MORE : CONTRAST_MIN;
    for (const [name, value] of Object.entries(makeColours(accent, isDark() ? DARK : LIGHT, least))) {
      style.setProperty(name, value);
    }
  };
  paint();
  // Safari before 14 has no addEventListener here; the handler works everywhere.
  dark.onchange = more.onchange = paint;
}

/** Show the logo that the platform's page sent; what is no small picture is not shown. */
export function applyLogo(logo: unknown): void {
  theme.value = { ...theme.value, logo: receiveTheme({ logo }).logo ?? theme.value.logo };
}
