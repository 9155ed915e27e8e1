// Holds the page in one colour scheme, for a platform whose own pages have only one: it rewrites the media queries of the
// stylesheets. A script does it, so that each colour stands in one place. A browser without that media query (Chrome before 76,
// Firefox before 67) shows the light page.

import type { Scheme } from './theme';

const IS_DARK = /\(prefers-color-scheme: ?dark\)/;
const ALWAYS = '(min-width: 0px)';
const NEVER = '(max-width: 0px)';

const asked = (scheme: Scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches;

let held: Scheme | null = null;

/** Tell whether the page is dark now, by the platform's choice or the reader's. */
export function isDark(): boolean {
  return held ? held === 'dark' : asked('dark');
}

/** Show the page in *scheme* whatever the reader has, from now on. */
export function holdScheme(scheme: Scheme): void {
  if (!asked('light') && !asked('dark')) return;
  held = scheme;
  document.documentElement.style.setProperty('color-scheme', scheme);
  answer(scheme);
  // A stylesheet that is still on its way.
  addEventListener('load', () => answer(scheme));
}

function answer(scheme: Scheme): void {
  for (const sheet of Array.from(document.styleSheets)) {
    for (const rule of rulesOf(sheet)) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const { media } = rule;
      media.mediaText = media.mediaText.replace(IS_DARK, scheme === 'dark' ? ALWAYS : NEVER);
    }
  }
}

/** One that is still on its way (Firefox), or an extension's, does not show its rules. */
function rulesOf(sheet: CSSStyleSheet): readonly CSSRule[] {
  try {
    return Array.from(sheet.cssRules);
  } catch {
    return [];
  }
}
