// One colour scheme, for a platform whose own pages have only one: what the stylesheets ask of the reader's system is
// answered in its place. Done by script, so that the colours stand in one place and no rule weighs more than another.

import type { Scheme } from './look';

const IS_DARK = /\(prefers-color-scheme: ?dark\)/;
const ALWAYS = '(min-width: 0px)';
const NEVER = '(max-width: 0px)';

/** Show the page in *scheme* whatever the reader has, from now on. */
export function holdScheme(scheme: Scheme): void {
  document.documentElement.style.setProperty('color-scheme', scheme);
  answer(scheme);
  // A stylesheet that is still on its way.
  addEventListener('load', () => answer(scheme));
}

function answer(scheme: Scheme): void {
  for (const sheet of Array.from(document.styleSheets)) {
    for (const rule of Array.from(sheet.cssRules)) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const { media } = rule;
      media.mediaText = media.mediaText.replace(IS_DARK, scheme === 'dark' ? ALWAYS : NEVER);
    }
  }
}
