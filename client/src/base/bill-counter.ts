// What a page shows of the bill between two bills of the service. Pure. Law: a shown figure never falls. So a page never counts
// ahead of the service: the other person may be gone already, and the time since the last proof may be free. It shows what was
// proven ten seconds ago, so that the figure goes on evenly until the next proof. All pages count in the whole seconds of the
// session's timer, and so show the same figure.

/** Proofs of both come about this far apart while the meter runs. */
const BEHIND_SECONDS = 10;

/** After this long without a fresh proof the prepaid time is no longer counted down. */
const PROOF_DUE_MS = 15_000;

interface Charged {
  readonly billableSeconds: number;
  /** Up to when they count, Unix ms by the service's clock; null while the meter stands still. */
  readonly provenAt: number | null;
  readonly serverTime: number;
  readonly cost: { readonly minor: number } | null;
  readonly ratePerHour: { readonly minor: number } | null;
  readonly capAt?: number | null;
  readonly capSeconds?: number | null;
}

/** The newest bill, and what was shown when it came. */
export interface BillCounter {
  readonly bill: Charged;
  /** What the session's timer showed at `provenAt`. */
  readonly provenSecond: number | null;
  readonly fromSeconds: number;
  /** What was left of the prepaid time, as it was shown. */
  readonly leftSeconds: number;
}

/** Take the next *bill* of the session that began at *startMs*, when its timer shows *elapsed* seconds; *before* is null for
 * the first, which is shown as it is. */
export function takeBill(
  before: BillCounter | null,
  bill: Charged,
  startMs: number,
  elapsed: number,
): BillCounter {
  // A new payment raises what is left.
  const known = before?.bill.capSeconds === bill.capSeconds ? before : null;
  return {
    bill,
    provenSecond: bill.provenAt && Math.floor((bill.provenAt - startMs) / 1_000),
    fromSeconds: before ? secondsShown(before, elapsed) : bill.billableSeconds,
    leftSeconds: (known && secondsLeft(known, bill.serverTime)) ?? Number.POSITIVE_INFINITY,
  };
}

/** Tell the billed seconds to show when the session's timer shows *elapsed* seconds. */
export function secondsShown({ bill, provenSecond, fromSeconds }: BillCounter, elapsed: number): number {
  const behind = provenSecond === null ? 0 : Math.max(0, BEHIND_SECONDS + provenSecond - elapsed);
  return Math.max(fromSeconds, bill.billableSeconds - behind);
}

/** Tell the cost to show then, in smallest units: the service's, less the whole units of what is not shown yet. */
export function costShown(counted: BillCounter, elapsed: number): number | null {
  const { cost, ratePerHour, billableSeconds } = counted.bill;
  if (!cost || !ratePerHour) return cost?.minor ?? null;
  const costOf = (seconds: number) => Math.floor((ratePerHour.minor * seconds) / 3_600);
  const seconds = secondsShown(counted, elapsed);
  // Beyond this a browser's numbers are not exact: then show the service's own.
  if (ratePerHour.minor * Math.max(seconds, billableSeconds) > Number.MAX_SAFE_INTEGER) return cost.minor;
  return cost.minor + costOf(seconds) - costOf(billableSeconds);
}

/** Tell when the prepaid time is over if both stay, in whole seconds from *serverMs*; null where nothing is prepaid. */
export function secondsLeft({ bill, leftSeconds }: BillCounter, serverMs: number): number | null {
  const { billableSeconds, capAt = null, capSeconds = null, provenAt } = bill;
  if (capSeconds === null) return null;
  const left =
    capAt === null || provenAt === null
      ? capSeconds - billableSeconds
      : Math.ceil((capAt - Math.min(serverMs, provenAt + PROOF_DUE_MS)) / 1_000);
  return Math.max(0, Math.min(left, leftSeconds));
}
