// The page's own clock. It goes forward evenly, whatever the machine's is set to: how far the service's is ahead of it can
// be learned once, from the message that was least delayed.

const originMs = Date.now() - performance.now();

/** Return the time as this page counts it, whole Unix ms. */
export function readClock(): number {
  return Math.round(originMs + performance.now());
}
