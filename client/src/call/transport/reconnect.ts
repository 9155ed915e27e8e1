// Decides when a lost socket is opened again. Pure: the caller has the timer and the random number.

/** Close codes after which a new socket would be refused, too (docs/protocol.md). */
const FINAL_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4408, 4409, 4410, 4429]);

/**
 * RFC 6455 §7.4.1: the sender goes away. The service never sends it (it sends 1012), but Firefox closes the sockets of a page
 * that is about to go, up to 300 ms before `pagehide`: a socket opened in between would be a new epoch.
 */
const GOING_AWAY = 1001;
const GOING_AWAY_MS = 2_000;

/** RFC 6455 §11.7: the service restarts. It is back within seconds, so the tries stay close together for a while. */
export const RESTARTS = 1012;
const RESTARTING_TRIES = 15;
const RESTARTING_MS_MAX = 2_000;

const FIRST_DELAY_MS = 500;
const DELAY_MS_MAX = 8_000;

export interface Loss {
  /** How many tries have failed since the socket last worked: 0 right after it was lost. */
  readonly attempt: number;
  readonly closeCode: number;
  /** Whether an error frame said that this is final. */
  readonly final: boolean;
  /** Whether the service has said that it restarts, and has not come back. */
  readonly restarting: boolean;
  /** In [0, 1): spreads the pages of a restarted service over time. */
  readonly random: number;
}

/** Plan the next try: its delay in ms, or null for never. At once, then 0.5·2ⁿ s up to 8 s (2 s at first, if the service
 * restarts), each half jittered. */
export function planReconnect({ attempt, closeCode, final, restarting, random }: Loss): number | null {
  if (final || FINAL_CODES.has(closeCode)) return null;
  if (attempt === 0) return closeCode === GOING_AWAY ? GOING_AWAY_MS : 0;
  const most = restarting && attempt <= RESTARTING_TRIES ? RESTARTING_MS_MAX : DELAY_MS_MAX;
  const ceiling = Math.min(most, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
