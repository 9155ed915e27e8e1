// Lets the other's edits wait while a word is composed (Japanese, Chinese, Korean, and any word on Android): a browser breaks the
// composition off if the text around it changes. Law: nobody waits longer than COMPOSING_MS_MAX for somebody who has stopped.

import { Plugin } from 'prosemirror-state';

/** A person looks for a character so long before the page stops believing that they compose. */
export const COMPOSING_MS_MAX = 5_000;

/** ProseMirror reads what was composed 20 ms after its end; Safari ends a composition before the last key. */
const SETTLING_MS = 100;

/** Call *hold* with true when a composition begins, and with false when it is over. */
export function holdWhileComposing(hold: (isHeld: boolean) => void): Plugin {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    hold(false);
  };
  const releaseIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(release, ms);
  };
  const keep = () => {
    if (timer === undefined) hold(true);
    releaseIn(COMPOSING_MS_MAX);
  };
  return new Plugin({
    props: {
      handleDOMEvents: {
        compositionstart: keep,
        compositionupdate: keep,
        compositionend: () => {
          if (timer !== undefined) releaseIn(SETTLING_MS);
        },
      },
    },
    view: () => ({
      destroy: () => {
        if (timer !== undefined) release();
      },
    }),
  });
}
