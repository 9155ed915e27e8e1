// Tells whether media still arrives from the other page, sooner than ICE does: ICE calls a dead path `disconnected` after 2.5 s
// and more. Sans-I/O state. Law: what is not played is not missing. A phone may have paused the sound, so packets decide.

/** Sound comes 50 times a second, and 3 times where the codec sends comfort noise only (RFC 7587 §3.1.3). */
const DOUBT_MS = 1_000;

/** The other side's devices may still be opening when the two are connected. After this time the path is doubted instead. */
const FIRST_MS = 8_000;

/** Between two counts less far apart than this there may be no packet on a good line. */
const COUNTS_APART_MS = 200;

export class Arrivals {
  /** When media last arrived, page ms; null before the first. */
  heardMs: number | null = null;
  private playedAt = -Infinity;
  /** Since when this page has been watching, page ms. */
  private watchedMs = 0;
  private counted: { readonly packets: number; readonly atMs: number } | null = null;
  private isConfirmed = false;

  /** Since when nothing has arrived, page ms; null while it arrives, and while that is not sure. */
  get silentSinceMs(): number | null {
    return this.isConfirmed ? this.sinceMs : null;
  }

  /** Take when media was last played, by any clock that goes forward; null where the browser does not tell. Returns whether
   * nothing was played for so long that the packets should be counted. */
  look(playedAt: number | null, nowMs: number): boolean {
    if (playedAt !== null && playedAt > this.playedAt) {
      this.playedAt = playedAt;
      this.hear(nowMs);
    }
    return nowMs - this.sinceMs >= (this.heardMs === null ? FIRST_MS : DOUBT_MS);
  }

  /** Take how many packets this connection has received so far. */
  count(packets: number, nowMs: number): void {
    const { counted } = this;
    if (counted && packets > counted.packets) this.hear(nowMs);
    else if (counted && nowMs - counted.atMs >= COUNTS_APART_MS) this.isConfirmed = true;
    if (packets !== counted?.packets) this.counted = { packets, atMs: nowMs };
  }

  /** Nothing is awaited now, or nobody has watched for a while: what is missing up to now says nothing. */
  pause(nowMs: number): void {
    this.watchedMs = nowMs;
    this.counted = null;
    this.isConfirmed = false;
  }

  /** There is another connection to the same page, which counts from the start. */
  reconnect(nowMs: number): void {
    this.playedAt = -Infinity;
    this.pause(nowMs);
  }

  private get sinceMs(): number {
    return Math.max(this.heardMs ?? 0, this.watchedMs);
  }

  private hear(nowMs: number): void {
    this.heardMs = nowMs;
    this.counted = null;
    this.isConfirmed = false;
  }
}
