// Rates a connection by its samples. Pure but for the samples that it keeps. Loaded when the first picture is there.

import type { CallQuality, Sample } from './quality';

/** ITU-T G.114 finds 150 ms one way unnoticed and 400 ms too long; a few per cent of loss is what codecs hide. */
const GOOD = { roundTripMs: 300, loss: 0.03 };
export const POOR = { roundTripMs: 600, loss: 0.1 };

/** Rate the time between two samples of one connection; *before* is null for the first. *isSending*: the other side says
 * that it sends sound or pictures. A still picture has lost nothing, and is not excellent. */
export function rateQuality(
  before: Sample | null,
  now: Sample,
  isSending: boolean,
): Exclude<CallQuality, 'disconnected'> {
  if (isSending && before && before.received > 0 && now.received === before.received) return 'stalled';
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const ownLoss = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(ownLoss, now.remoteLoss);
  const roundTripMs = now.roundTripMs ?? 0;
  if (loss > POOR.loss || roundTripMs > POOR.roundTripMs) return 'poor';
  return loss > GOOD.loss || roundTripMs > GOOD.roundTripMs ? 'good' : 'excellent';
}

/** A sample is compared with the one this many before it: fewer say little about loss, and a pause of one second is no stop. */
const SAMPLES_RATED = 2;

/** Rates one connection by its samples, which come a second apart. */
export class Rating {
  private samples: readonly Sample[] = [];
  private count = 0;

  /** Whether the newest rating is of the last samples and not of all since the beginning. */
  get isSettled(): boolean {
    return this.count > SAMPLES_RATED;
  }

  take(sample: Sample, isSending: boolean): Exclude<CallQuality, 'disconnected'> {
    this.count += 1;
    const before = this.isSettled ? this.samples[0] : null;
    this.samples = [...this.samples, sample].slice(-SAMPLES_RATED);
    return rateQuality(before ?? null, sample, isSending);
  }
}
