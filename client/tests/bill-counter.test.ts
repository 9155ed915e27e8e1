// What is shown between two bills: it never falls, and is never ahead of what was proven.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BillCounter, costShown, secondsLeft, secondsShown, takeBill } from '../src/base/bill-counter';

type Bill = BillCounter['bill'];
type Step = { readonly elapsedSeconds: number } & (
  | { readonly bill: Bill & { readonly startTime: number } }
  | { readonly seconds: number; readonly minor: number }
);

const ROOT = resolve(import.meta.dirname, '../..');
const { steps } = JSON.parse(readFileSync(resolve(ROOT, 'wire/shown/a-lesson.json'), 'utf8')) as {
  steps: readonly Step[];
};

const BILL: Bill = {
  billableSeconds: 100,
  provenAt: 50_000,
  serverTime: 50_000,
  cost: { minor: 55 },
  ratePerHour: { minor: 2_000 },
};

describe('a lesson', () => {
  test('is shown as the shared case says', () => {
    let counted: BillCounter | null = null;
    for (const step of steps) {
      const at = step.elapsedSeconds;
      if ('bill' in step) counted = takeBill(counted, step.bill, step.bill.startTime, at);
      else if (counted) {
        expect([secondsShown(counted, at), costShown(counted, at)], `at ${at}`).toEqual([
          step.seconds,
          step.minor,
        ]);
      }
    }
  });

  test('is shown by the guide’s example as by our own pages', () => {
    const guide = readFileSync(resolve(ROOT, 'docs/integration.md'), 'utf8');
    const [, source = ''] = /<!-- shown -->\n```js\n(.*?)```/s.exec(guide) ?? [];
    const { takeBill, showBill } = new Function(`${source}; return { takeBill, showBill };`)() as {
      takeBill: (bill: Bill, elapsedSeconds: number) => void;
      showBill: (elapsedSeconds: number) => { seconds: number; minor: number };
    };

    for (const step of steps) {
      const at = step.elapsedSeconds;
      if ('bill' in step) takeBill(step.bill, at);
      else expect(showBill(at), `at ${at}`).toEqual({ seconds: step.seconds, minor: step.minor });
    }
  });
});

test('the first bill of a page is shown as it is', () => {
  expect(secondsShown(takeBill(null, BILL, 0, 50), 50)).toBe(100);
  expect(costShown(takeBill(null, BILL, 0, 50), 50)).toBe(55);
});

test('two pages show the same, whichever moment of a second a bill reaches them', () => {
  const next = { ...BILL, billableSeconds: 110, provenAt: 60_000, serverTime: 60_990 };
  const [one, other] = [60, 61].map((elapsed) => takeBill(takeBill(null, BILL, 0, 50), next, 0, elapsed));

  for (let elapsed = 61; one && other && elapsed < 80; elapsed += 1) {
    expect(secondsShown(one, elapsed)).toBe(secondsShown(other, elapsed));
  }
});

test('the cost is the service’s word, less the whole units of the seconds that are not shown yet', () => {
  const next = { ...BILL, billableSeconds: 110, provenAt: 60_000, cost: { minor: 61 } };
  const counted = takeBill(takeBill(null, BILL, 0, 50), next, 0, 60);
  const shown = [60, 61, 62, 69, 70, 90].map((elapsed) => costShown(counted, elapsed));

  // 2,000 an hour: floor(2000 × 100 / 3600) = 55, then 56 for 101 and 102 seconds, 60 for 109, 61 for 110.
  expect(shown).toEqual([55, 56, 56, 60, 61, 61]);
});

test('without a price, or past exact numbers, there is no sum of this page’s own', () => {
  const next = (bill: Partial<Bill>) =>
    takeBill(takeBill(null, BILL, 0, 50), { ...BILL, billableSeconds: 110, ...bill }, 0, 50);

  expect(costShown(next({ cost: null }), 50)).toBeNull();
  expect(costShown(next({ ratePerHour: null }), 50)).toBe(55);
  expect(costShown(next({ ratePerHour: { minor: 10 ** 15 } }), 50)).toBe(55);
});

interface Moment {
  readonly elapsed: number;
  readonly bill: Bill | null;
}

/** A lesson as chance has it: bills that come late or in bursts, pauses, and a restart that has lost the newest proofs. */
function* makeHistory(seed: number): Generator<Moment> {
  let state = seed;
  const roll = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const rate = 1 + roll(100_000);
  let [atMs, seconds] = [roll(1_000), 0];
  for (let round = 0; round < 60; round += 1) {
    atMs += roll(8) === 0 ? 0 : roll(roll(6) === 0 ? 40_000 : 6_000);
    const elapsed = Math.floor(atMs / 1_000);
    if (roll(3) === 0) {
      seconds = Math.max(0, seconds + (roll(12) === 0 ? -roll(10) : roll(30)));
      const provenAt = roll(4) === 0 ? null : Math.max(1, atMs - roll(12_000));
      const cost = { minor: Math.floor((rate * seconds) / 3_600) };
      const bill = {
        billableSeconds: seconds,
        provenAt,
        serverTime: atMs,
        cost,
        ratePerHour: { minor: rate },
      };
      yield {
        elapsed,
        bill: { ...bill, capSeconds: 500, capAt: provenAt && provenAt + (500 - seconds) * 1_000 },
      };
    } else yield { elapsed, bill: null };
  }
}

test('whatever comes, what is shown never falls, is never ahead of what was proven, and what is left never grows', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let counted: BillCounter | null = null;
    let [seconds, minor, left, proven, dearest] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
    for (const { elapsed, bill } of makeHistory(seed)) {
      if (bill) {
        counted = takeBill(counted, bill, 0, elapsed);
        proven = Math.max(proven, bill.billableSeconds);
        dearest = Math.max(dearest, bill.cost?.minor ?? 0);
      }
      if (!counted) continue;
      const nowSeconds = secondsShown(counted, elapsed);
      const nowMinor = costShown(counted, elapsed) ?? 0;
      const nowLeft = secondsLeft(counted, elapsed * 1_000) ?? 0;
      expect(nowSeconds, `seed ${seed}`).toBeGreaterThanOrEqual(seconds);
      expect(nowSeconds, `seed ${seed}`).toBeLessThanOrEqual(proven);
      expect(nowMinor, `seed ${seed}`).toBeGreaterThanOrEqual(minor);
      expect(nowMinor, `seed ${seed}`).toBeLessThanOrEqual(dearest);
      expect(nowLeft, `seed ${seed}`).toBeLessThanOrEqual(left);
      [seconds, minor, left] = [nowSeconds, nowMinor, nowLeft];
    }
  }
});

test('whatever came, ten seconds after the newest proof all of it is shown, and at once when the meter stops', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let counted: BillCounter | null = null;
    for (const { elapsed, bill } of makeHistory(seed)) {
      if (bill) counted = takeBill(counted, bill, 0, elapsed);
      if (!counted || (counted.provenSecond !== null && elapsed < counted.provenSecond + 10)) continue;
      const shown = secondsShown(counted, elapsed);
      expect(shown, `seed ${seed}`).toBeGreaterThanOrEqual(counted.bill.billableSeconds);
    }
  }
});

describe('what is left of the prepaid time', () => {
  const prepaid = { ...BILL, capSeconds: 130, capAt: 80_000 };

  test('is counted to the end that the service names, and stands when no proof comes', () => {
    const counted = takeBill(null, prepaid, 0, 50);

    expect([50_000, 50_001, 60_000, 65_000, 79_000].map((at) => secondsLeft(counted, at))).toEqual([
      30, 30, 20, 15, 15,
    ]);
  });

  test('does not grow again when the meter stops, and does when more is paid', () => {
    const stopped = { ...prepaid, capAt: null, provenAt: null, serverTime: 62_000 };
    const paused = takeBill(takeBill(null, prepaid, 0, 50), stopped, 0, 62);

    expect(secondsLeft(paused, 62_000)).toBe(18);
    expect(secondsLeft(takeBill(paused, { ...stopped, capSeconds: 200 }, 0, 63), 63_000)).toBe(100);
  });

  test('ends at nothing, and is not said where nothing is prepaid', () => {
    expect(secondsLeft(takeBill(null, { ...prepaid, capAt: 50_000 }, 0, 50), 60_000)).toBe(0);
    expect(secondsLeft(takeBill(null, BILL, 0, 50), 60_000)).toBeNull();
  });
});
