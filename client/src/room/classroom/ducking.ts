// Makes the call quieter while something else is listened to.

import { pictureOf } from '../page/pictures';

/** The other is still heard, if they say something meanwhile. */
const QUIET = 0.12;

/** Make the call quiet, or as loud as it was. */
export function duck(isQuiet: boolean): void {
  for (const part of ['remote', 'screen'] as const) {
    const picture = pictureOf(part);
    picture.volume = isQuiet ? QUIET : 1;
    // An iPhone has one volume, its own: there an element is loud, or muted.
    picture.muted = isQuiet && picture.volume === 1;
  }
}
