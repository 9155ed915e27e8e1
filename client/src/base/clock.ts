// The page's own clock. It goes forward evenly, even if somebody sets the machine's clock. So the offset to the service's clock
// can be learned once, from the least delayed message.

let originMs: number | undefined;

/** Return the time as this page counts it, whole Unix ms. */
export function readClock(): number {
  originMs ??= Date.now() - performance.now();
  return Math.round(originMs + performance.now());
}

/** Write whole *seconds* as R29 has it: `05:30`, and `1:05:30` from an hour on. */
export function formatTimer(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  return (hours > 0 ? [hours, ...rest] : rest).join(':');
}
