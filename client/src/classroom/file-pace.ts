// How much of a file may be under way, so that it fills what the line has left and no more. Pure: times come in. Law: it gives way as
// soon as its own bytes wait somewhere, before the call's picture has to (as LEDBAT does, RFC 6817).

import { ASKED_BYTES_MAX, FILE_PIECE_BYTES } from './file-messages';

const WINDOW_BYTES_MIN = 2 * FILE_PIECE_BYTES;
const WINDOW_BYTES_FIRST = 65_536;

/** The file's own bytes may wait so long in front of the line. A picture that is late by this is still fluent. */
const WAITING_MS_MAX = 80;

/** After so many late answers to the least that can be asked for, it is the way that is long. */
const LATE_MAX = 8;

interface Asked {
  /** Where its first piece ends: how long that takes tells what waits before it, and not how long the rest is. */
  readonly firstEnd: number;
  readonly bytes: number;
  readonly atMs: number;
}

export class FilePace {
  /** So much may be asked for and not be there. */
  windowBytes = WINDOW_BYTES_FIRST;
  private asked: Asked[] = [];
  private shortestMs = Number.POSITIVE_INFINITY;
  /** Until something waited for the first time, the window doubles with each answer. */
  private hasWaited = false;
  private late = 0;

  /** So many *bytes* from *offset* on were asked for. */
  ask(offset: number, bytes: number, nowMs: number): void {
    this.asked.push({ firstEnd: offset + Math.min(bytes, FILE_PIECE_BYTES), bytes, atMs: nowMs });
  }

  /** All before *until* has come. */
  hear(until: number, nowMs: number): void {
    for (let first = this.asked[0]; first && first.firstEnd <= until; first = this.asked[0]) {
      this.asked.shift();
      this.learn(first, nowMs - first.atMs);
    }
  }

  /** What was asked for will not come: the channel is another one, or was too slow. */
  forget(): void {
    this.asked = [];
    this.windowBytes = Math.min(this.windowBytes, WINDOW_BYTES_FIRST);
    this.shortestMs = Number.POSITIVE_INFINITY;
    this.hasWaited = false;
    this.late = 0;
  }

  private learn({ bytes }: Asked, tookMs: number): void {
    this.shortestMs = Math.min(this.shortestMs, tookMs);
    if (tookMs - this.shortestMs <= WAITING_MS_MAX) {
      this.late = 0;
      this.windowBytes = Math.min(ASKED_BYTES_MAX, this.windowBytes + (this.hasWaited ? bytes >> 3 : bytes));
      return;
    }
    this.hasWaited = true;
    this.windowBytes = Math.max(WINDOW_BYTES_MIN, Math.floor(this.windowBytes * 0.7));
    this.late = this.windowBytes === WINDOW_BYTES_MIN ? this.late + 1 : 0;
    if (this.late < LATE_MAX) return;
    this.late = 0;
    this.shortestMs = tookMs;
  }
}
