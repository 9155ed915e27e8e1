// The page's look and words, before anything is drawn: the platform's colours and logo, the reader's language.

import { speak } from '../i18n';
import { applyLogo, applyLook } from '../look/apply';
import { readLook } from '../look/look';
import { hasParent, link, onLogo } from './boot';

let dressed: Promise<void> | undefined;

/** Put the look on; resolves when the words are there. A second call does nothing more. */
export function dress(): Promise<void> {
  dressed ??= begin();
  return dressed;
}

function begin(): Promise<void> {
  // A stranger's link must not dress up as a platform: what nobody signed counts in the platform's own page only, or
  // where nothing is signed at all.
  applyLook(readLook(location.hash, hasParent || (link.token === null && isLocal(location.hostname))));
  onLogo(applyLogo);
  return speak(link.language);
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
