// The billed time between two words of the service: it counts on from the last proof that both were there.
// Shown only. The money beside it is always what the service said last.

/** After this long without a new proof the service has stopped the meter, too. */
const COUNT_ON_MS_MAX = 25_000;

interface Counted {
  readonly billableSeconds: number;
  /** Up to when they count, Unix ms by the service's clock; null while the meter stands still. */
  readonly provenAt: number | null;
  readonly capAt?: number | null;
}

/** Tell the billed seconds as they stand at *serverMs*, never more than the cap. */
export function countOn({ billableSeconds, provenAt, capAt }: Counted, serverMs: number): number {
  if (provenAt === null) return billableSeconds;
  const until = Math.min(serverMs, provenAt + COUNT_ON_MS_MAX, capAt ?? Number.POSITIVE_INFINITY);
  return billableSeconds + Math.max(0, Math.floor((until - provenAt) / 1_000));
}
