// Plays on where a phone has stopped the pictures: while it rings or sleeps it pauses what plays, and leaves it paused.

import { PARTS, pictureOf, play } from '../page/pictures';

/** A phone that is asked too early says no. */
const RESUME_AFTER_MS = [500, 2_000, 8_000] as const;

export function resumePlayback(): void {
  const resume = (picture: HTMLVideoElement) => {
    if (picture.srcObject && picture.isConnected && picture.paused) play(picture);
  };
  for (const picture of PARTS.map(pictureOf)) {
    let timers: number[] = [];
    picture.addEventListener('pause', () => {
      timers.forEach(clearTimeout);
      timers = RESUME_AFTER_MS.map((afterMs) => self.setTimeout(resume, afterMs, picture));
    });
    document.addEventListener('visibilitychange', () => document.hidden || resume(picture));
    // The phone may have rung before this part of the page was there.
    resume(picture);
  }
}
