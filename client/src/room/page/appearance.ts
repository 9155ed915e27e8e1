// The page's look and words, before anything is drawn: the platform's colours and logo, the reader's language.

import { effect } from '@preact/signals';
import '../../base/polyfills';
import { loadLanguage, t } from '../../i18n';
import { link } from '../camera';
import '../look';

let dressed: Promise<void> | undefined;

/** Resolve when the words are there; the look is on by now. A second call does nothing more. */
export function dress(): Promise<void> {
  dressed ??= loadLanguage(link.language).then(() => {
    showIcon();
    effect(() => {
      document.title = t('room.title');
    });
  });
  return dressed;
}

/** Only now: the page draws it itself, twice, and that took 50 ms while the two were connecting. */
function showIcon(): void {
  document.querySelector('link[rel=icon]')?.setAttribute('href', 'static/icon.svg');
}
