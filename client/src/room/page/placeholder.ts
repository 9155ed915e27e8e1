// What the HTML shows before the page is drawn: the places of the pictures, and the button that leads into the call.

import { codeOf, readChoice } from '../../i18n/language-choice';
import { readTheme } from '../../theme/theme';
import { pictureOf } from './pictures';

/** The ids of the two placeholders in room.html. */
type PlaceholderId = 'early' | 'early-lobby';

/** Show the places of the two pictures, until the call's page is drawn. */
export function showCallPlaceholder(): void {
  removePlaceholder('early-lobby');
  show('early');
}

export interface LobbyPlaceholder {
  /** Resolves when the person presses the button that leads in. */
  readonly joined: Promise<unknown>;
}

/** Show the own picture and the button, once *when* has resolved, until the lobby is drawn. Null where the lobby will have
 * other words or colours than the HTML. */
export function showLobbyPlaceholder(when: Promise<unknown>): LobbyPlaceholder | null {
  if (!hasReadersWords() || hasOwnColours()) return null;
  const joined = new Promise((resolve) => {
    whenParsed(() => document.querySelector('#early-lobby button')?.addEventListener('click', resolve));
  });
  void when.then(() => show('early-lobby'));
  return { joined };
}

export function removePlaceholder(id: PlaceholderId): void {
  document.getElementById(id)?.remove();
}

function show(id: PlaceholderId): void {
  whenParsed(() => {
    const placeholder = document.getElementById(id);
    if (!placeholder) return;
    for (const part of ['own', 'remote'] as const) {
      placeholder.querySelector(`[data-place="${part}"]`)?.append(pictureOf(part));
    }
    placeholder.hidden = false;
  });
}

function whenParsed(then: () => void): void {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', then);
  else then();
}

/** The service wrote the HTML in the language that the browser asked for. It does not know the choice from the menu. */
function hasReadersWords(): boolean {
  const wanted = new URLSearchParams(location.search).get('ui') ?? readChoice();
  return wanted === null || codeOf(wanted) === document.documentElement.lang;
}

/** A platform's theme is applied when the page is drawn. */
function hasOwnColours(): boolean {
  const { accent, radius } = readTheme(location.hash, true);
  return accent !== null || radius !== null;
}
