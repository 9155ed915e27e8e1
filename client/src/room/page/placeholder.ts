// What the HTML has for the first moment, before the page is drawn: the places of the pictures, and the way in.

import { codeOf, readChoice } from '../../i18n/language-choice';
import { readTheme } from '../../theme/theme';
import { pictures } from './pictures';

type Early = 'early' | 'early-lobby';

/** Show the places of the two pictures, until the whole page is drawn. */
export function showEarly(): void {
  removeEarly('early-lobby');
  show('early');
}

export interface EarlyLobby {
  /** Resolves when somebody has pressed the button that leads in. */
  readonly joined: Promise<unknown>;
}

/** Show oneself and the way in, *when* that is in nobody's way, until the lobby is drawn; null where it would
 * be drawn in other words or colours. */
export function showEarlyLobby(when: Promise<unknown>): EarlyLobby | null {
  if (!isInOwnWords() || isDressed()) return null;
  const joined = new Promise((resolve) => {
    whenParsed(() => document.querySelector('#early-lobby button')?.addEventListener('click', resolve));
  });
  void when.then(() => show('early-lobby'));
  return { joined };
}

/** Take it away: what it stood for is there. */
export function removeEarly(which: Early): void {
  document.getElementById(which)?.remove();
}

function show(which: Early): void {
  whenParsed(() => {
    const early = document.getElementById(which);
    if (!early) return;
    for (const part of ['own', 'remote'] as const) {
      early.querySelector(`[data-place="${part}"]`)?.append(pictures[part]);
    }
    early.hidden = false;
  });
}

function whenParsed(then: () => void): void {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', then);
  else then();
}

/** The service wrote the page in the language that the browser asked for; the menu's choice it does not know. */
function isInOwnWords(): boolean {
  const wanted = new URLSearchParams(location.search).get('ui') ?? readChoice();
  return wanted === null || codeOf(wanted) === document.documentElement.lang;
}

/** A platform's look is put on when the page is drawn. */
function isDressed(): boolean {
  const { accent, radius } = readTheme(location.hash, true);
  return accent !== null || radius !== null;
}
