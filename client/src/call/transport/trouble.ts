// Says whose connection is bad in a call, from what both pages know. Pure. The media go straight from page to page, so a loss on
// the way may be of either side: the socket to the service, which only the own line carries, tells them apart.

import type { Sample } from './quality';
import { POOR } from './rating';
import type { Network } from './wire';

/** Whose connection is bad: the own one, the other person's, or what is between them. */
export type Trouble = 'own' | 'theirs' | 'between';

/** What this page knows at one moment. */
export interface Signs {
  /** The browser is offline, or the socket to the service is gone. */
  readonly isCutOff: boolean;
  /** How much later than the quickest of the last minute the newest ping of the service came, or two of them, ms. */
  readonly lateMs: number;
  /** The direct connection is interrupted, or the other side sends and nothing arrives. */
  readonly isStalled: boolean;
  /** The parts that were lost of what came and of what was sent, 0 to 1. */
  readonly lossIn: number;
  readonly lossOut: number;
  /** What the browser thinks it can send, bit/s; null if it does not say. */
  readonly sendableBps: number | null;
  /** What came in the last seconds, bit/s; null while the other side sends no picture. */
  readonly arrivingBps: number | null;
  readonly roundTripMs: number | null;
  /** How the other page finds its own connection. */
  readonly theirs: Network;
  /** The other page's socket is gone. */
  readonly isAway: boolean;
}

/** Speech needs 40 kbit/s; below this there is no picture worth the name beside it. */
const PICTURE_BPS_MIN = 200_000;

/** TCP sends a lost segment again after 200 ms at the earliest (Linux; RFC 6298 has 1 s): a ping so late was lost on the way. */
const LATE_MS = 200;

/** Find whose connection is bad, if one is. What only goes wrong on the way out is put down to the own line, and on the way
 * in to the other's: most lines carry less upwards. Little that comes is a sign only where little can be sent: it may be all
 * that they send. */
export function findTrouble(signs: Signs): Trouble | null {
  const lossMax = lossMaxOf(signs);
  const isNarrow = isBelowPicture(signs.sendableBps);
  const isInBad =
    signs.isStalled || signs.lossIn > lossMax || (isNarrow && isBelowPicture(signs.arrivingBps));
  const isOutBad = signs.lossOut > lossMax || isNarrow;
  const isSlow = (signs.roundTripMs ?? 0) > POOR.roundTripMs;
  const isTheirs = signs.theirs === 'weak';
  if (!isInBad && !isOutBad && !isSlow) return isTheirs ? 'theirs' : null;
  const mine = signs.isCutOff || signs.lateMs > LATE_MS;
  const yours = isTheirs || signs.isAway;
  if (mine !== yours) return mine ? 'own' : 'theirs';
  if (mine || isInBad === isOutBad) return 'between';
  return isOutBad ? 'own' : 'theirs';
}

function isBelowPicture(bps: number | null): boolean {
  return bps !== null && bps < PICTURE_BPS_MIN;
}

/** Where one direction is bad, half of that is bad in the other: a line that loses both ways must not seem to lose one way only. */
function lossMaxOf({ lossIn, lossOut }: Signs): number {
  return Math.max(lossIn, lossOut) > POOR.loss ? POOR.loss / 2 : POOR.loss;
}

/** So many readings, a second apart, decide: a single bad second is no news. */
const READINGS = 5;
const BAD_READINGS_MIN = 4;
/** So many good ones end it: a line that is bad every few seconds is bad. */
const GOOD_READINGS = 8;

/** Keeps what is shown from flickering. */
export class TroubleWatch {
  private readings: readonly (Trouble | null)[] = [];
  private shown: Trouble | null = null;

  /** Take the finding of this second; returns what to show. */
  receive(found: Trouble | null): Trouble | null {
    this.readings = [found, ...this.readings].slice(0, GOOD_READINGS);
    const newest = this.readings.slice(0, READINGS);
    const bad = newest.filter((one) => one !== null);
    const isSure = newest.length === READINGS && new Set(newest).size === 1;
    if (this.shown === null) {
      if (bad.length >= BAD_READINGS_MIN) this.shown = mostFrequent(bad);
    } else if (this.readings.every((one) => one === null)) this.shown = null;
    else if (isSure && found !== null) this.shown = found;
    return this.shown;
  }
}

function mostFrequent(found: readonly Trouble[]): Trouble | null {
  const count = (one: Trouble) => found.filter((other) => other === one).length;
  return [...found].sort((one, other) => count(other) - count(one))[0] ?? null;
}

/** Samples are compared over this time: in a shorter one a few packets decide. */
const COMPARED_MS = 3_000;

type Measured = Pick<Signs, 'lossIn' | 'lossOut' | 'arrivingBps'>;

/** Reads off the samples of one connection what the last seconds brought and lost. */
export class LineWatch {
  private samples: readonly (readonly [atMs: number, sample: Sample])[] = [];

  /** Take the newest sample, read at *nowMs*; null while there is none. */
  receive(sample: Sample | null, nowMs: number): Measured {
    const last = this.samples[this.samples.length - 1];
    // A new connection counts from zero.
    if (!sample || (last && sample.received < last[1].received)) this.samples = [];
    if (!sample) return { lossIn: 0, lossOut: 0, arrivingBps: null };
    if (sample !== last?.[1]) this.samples = [...this.samples, [nowMs, sample]];
    while (this.samples[1] && nowMs - this.samples[1][0] >= COMPARED_MS) this.samples = this.samples.slice(1);
    const [beforeMs = nowMs, before] = this.samples[0] ?? [];
    const received = sample.received - (before?.received ?? 0);
    const lost = Math.max(0, sample.lost - (before?.lost ?? 0));
    const bytes = sample.flow.bytes - (before?.flow.bytes ?? 0);
    return {
      lossIn: received + lost > 0 ? lost / (received + lost) : 0,
      lossOut: sample.remoteLoss,
      // Before that it would be the rate of a moment.
      arrivingBps: nowMs - beforeMs < COMPARED_MS ? null : (8_000 * bytes) / (nowMs - beforeMs),
    };
  }
}

export interface PingTime {
  /** The service's time in the ping, and this page's when it came, Unix ms. */
  readonly serverTime: number;
  readonly atMs: number;
}

/** The service pings every 5 s: a minute of them. */
const PINGS_COMPARED = 12;
const PING_EVERY_MS = 5_000;

/** Tells how late the pings of the service come. One late ping is soon forgotten; two in a minute are a line that loses. */
export class Pings {
  private delays: readonly number[] = [];
  private newest: PingTime | null = null;

  /** Tell how late the newest ping came, or how overdue the next one is, ms. */
  receive(ping: PingTime | null, nowMs: number): number {
    if (!ping) return 0;
    if (ping !== this.newest) {
      this.newest = ping;
      this.delays = [ping.atMs - ping.serverTime, ...this.delays].slice(0, PINGS_COMPARED);
    }
    const quickest = Math.min(...this.delays);
    const [newest = quickest] = this.delays;
    const [, second = quickest] = [...this.delays].sort((one, other) => other - one);
    return Math.max(newest - quickest, second - quickest, nowMs - ping.atMs - PING_EVERY_MS);
  }
}
