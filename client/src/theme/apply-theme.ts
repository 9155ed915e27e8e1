// Applies a platform's theme to the page: custom properties by script, which the content security policy allows, and the brand
// as a signal for the header.

import { signal } from '@preact/signals';
import { isDark } from './colour-scheme';
import { CONTRAST_MIN, CONTRAST_MORE, DARK, LIGHT, makeColours } from './colours';
import { type Feature, PLAIN, receiveTheme, shows, type Theme } from './theme';

export const theme = signal<Theme>(PLAIN);

/** Tell whether the platform shows *feature*. */
export function isShown(feature: Feature): boolean {
  return shows(theme.value, feature);
}

/** Show the page in *chosen*; boot.ts has set its colour scheme by now. */
export function applyTheme(chosen: Theme): void {
  theme.value = chosen;
  const { style } = document.documentElement;
  const { accent, radius } = chosen;
  if (radius !== null) {
    style.setProperty('--radius-s', `${Math.round(radius * 0.6)}px`);
    style.setProperty('--radius-m', `${radius}px`);
    style.setProperty('--radius-l', `${Math.round(radius * 1.6)}px`);
  }
  if (accent === null) return;
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
