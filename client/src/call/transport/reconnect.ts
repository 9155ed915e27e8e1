// Decides when a lost socket is opened again. Pure: the caller has the timer and the random number.

/** Close codes after which a new socket would be refused, too (docs/protocol.md). */
const FINAL_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4408, 4409, 4410, 4429]);

/**
 * RFC 6455 §7.4.1: the sender goes away. The service never sends it (it sends 1012), but Firefox closes the sockets of a page
 * that is about to go, up to 300 ms before `pagehide`: a socket opened in between would be a new epoch.
 */
const GOING_AWAY = 1001;
const GOING_AWAY_MS = 2_000;

const FIRST_DELAY_MS = 500;
/** A service that restarts is back within seconds, and a bill has no gap of over 25 s: the tries stay close at first. */
const CLOSE_TRIES = 15;
const CLOSE_DELAY_MS_MAX = 2_000;
const DELAY_MS_MAX = 8_000;

export interface Loss {
  /** How many tries have failed since the socket last worked: 0 right after it was lost. */
  readonly attempt: number;
  readonly closeCode: number;
  /** Whether an error frame said that this is final. */
  readonly final: boolean;
  /** In [0, 1): spreads the pages of a restarted service over time. */
  readonly random: number;
}

/** Plan the next try: its delay in ms, or null for never. At once, then 0.5·2ⁿ s up to 2 s, later 8 s, each half jittered. */
export function planReconnect({ attempt, closeCode, final, random }: Loss): number | null {
  if (final || FINAL_CODES.has(closeCode)) return null;
  if (attempt === 0) return closeCode === GOING_AWAY ? GOING_AWAY_MS : 0;
  const most = attempt <= CLOSE_TRIES ? CLOSE_DELAY_MS_MAX : DELAY_MS_MAX;
  const ceiling = Math.min(most, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
