// The page's look and words, before anything is drawn: the platform's colours and logo, the reader's language.

import { speak } from '../i18n';
import { link } from './boot';
import './look';

let dressed: Promise<void> | undefined;

/** Resolve when the words are there; the look is on by now. A second call does nothing more. */
export function dress(): Promise<void> {
  dressed ??= speak(link.language);
  return dressed;
}
