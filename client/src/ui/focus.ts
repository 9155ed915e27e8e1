// Keeps the keyboard's focus when the element that had it goes away: on the headline of what came instead, never on nothing.

/** Where the focus goes: the first of these that can be seen. Pictures have no headline, so it goes to the stage, and not
 * to a button, which would take the key that the person holds to talk. */
const PLACES = ['dialog[open] button', 'h1:not(.visually-hidden)', '.stage', 'button'];

/** Where the keyboard goes on when a thing *inside* is gone: at its *opener*. Both are selectors. */
type Opener = readonly [inside: string, opener: string];

/** Keep the keyboard on *root*'s page for as long as it is open. On a second page, whose button the person pressed on the
 * first, it begins at the headline; a page that was just opened begins at its beginning. */
export function keepFocus(root: HTMLElement, isSecondPage: boolean, openers: readonly Opener[]): void {
  let last: Element | null = null;
  root.addEventListener('focusin', ({ target }) => {
    last = target as Element;
  });
  if (isSecondPage && document.activeElement === document.body) focusFirst(root, PLACES);
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const lost = last;
    last = null;
    const opener = openers.find(([inside]) => lost.closest(inside))?.[1];
    focusFirst(root, opener ? [opener, ...PLACES] : PLACES);
  }).observe(root, { childList: true, subtree: true });
}

function focusFirst(root: HTMLElement, places: readonly string[]): void {
  for (const place of places) {
    const found = root.querySelector<HTMLElement>(place);
    if (!found) continue;
    if (found.tabIndex < 0) found.tabIndex = -1; // it takes the keyboard, but is no stop on the way
    found.focus({ preventScroll: true });
    if (document.activeElement === found) return;
  }
}
