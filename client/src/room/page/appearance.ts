// How the page looks and which language it speaks, before anything is drawn: the platform's theme and the reader's words.

import { effect } from '@preact/signals';
import { addQueueMicrotask } from '../../base/polyfills';
import type { CallLink } from '../../call/link';
import type { ParentPage } from '../../embed/bridge';
import { loadLanguage, t } from '../../i18n';
import { applyLogo, applyTheme } from '../../theme/apply-theme';
import { readTheme } from '../../theme/theme';

interface Page {
  readonly link: CallLink;
  readonly parent: ParentPage;
}

let isLoaded: Promise<void> | undefined;

/** Apply the theme at once and load the words; resolves when the page may be drawn. A second call does nothing more. */
export function loadAppearance(page: Page): Promise<void> {
  isLoaded ??= load(page);
  return isLoaded;
}

async function load({ link, parent }: Page): Promise<void> {
  addQueueMicrotask();
  // A stranger's link must not dress up as a platform: an unsigned theme counts only in the platform's own page, or on a
  // developer's machine, where nothing is signed.
  const isDressed = applyTheme(
    readTheme(location.hash, parent.isThere || (link.token === null && isLocal(location.hostname))),
  );
  parent.onLogo(applyLogo);
  await Promise.all([isDressed, loadLanguage(link.language)]);
  // Not earlier: a browser draws the icon twice, which took 50 ms while two people were connecting.
  document.querySelector('link[rel=icon]')?.setAttribute('href', 'static/icon.svg');
  effect(() => {
    document.title = t('room.title');
  });
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
