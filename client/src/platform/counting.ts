// The billed time between two words of the service: it counts on from the last proof that both were there.
// Shown only: what is charged is what the service says, and its next word replaces what was counted here.

/** After this long without a new proof the service has stopped the meter, too. */
const COUNT_ON_MS_MAX = 25_000;

interface Counted {
  readonly billableSeconds: number;
  /** Up to when they count, Unix ms by the service's clock; null while the meter stands still. */
  readonly provenAt: number | null;
  readonly capAt?: number | null;
}

interface Charged extends Counted {
  readonly cost: { readonly minor: number } | null;
  readonly ratePerHour: { readonly minor: number } | null;
}

/** Tell the billed seconds as they stand at *serverMs*, never more than the cap. */
export function countOn({ billableSeconds, provenAt, capAt }: Counted, serverMs: number): number {
  if (provenAt === null) return billableSeconds;
  const until = Math.min(serverMs, provenAt + COUNT_ON_MS_MAX, capAt ?? Number.POSITIVE_INFINITY);
  return billableSeconds + Math.max(0, Math.floor((until - provenAt) / 1_000));
}

/** Tell the cost in smallest units as it stands at *serverMs*: the service's, and the whole units of the seconds since. */
export function costOn(bill: Charged, serverMs: number): number | null {
  const { cost, ratePerHour, billableSeconds } = bill;
  if (!cost || !ratePerHour) return cost?.minor ?? null;
  const seconds = countOn(bill, serverMs);
  // Beyond this a browser's numbers are not exact, and no sum is better than a wrong one.
  if (ratePerHour.minor * seconds > Number.MAX_SAFE_INTEGER) return cost.minor;
  const costOf = (time: number) => Math.floor((ratePerHour.minor * time) / 3_600);
  return cost.minor + costOf(seconds) - costOf(billableSeconds);
}
