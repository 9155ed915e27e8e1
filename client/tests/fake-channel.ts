// Two ends of a data channel without a browser, in the time of the test: ordered, late, of a bounded width, and cut without a word.

import type { ToolChannel } from '../src/classroom/tool-line';

export class FakeChannel implements ToolChannel {
  binaryType = 'blob';
  bufferedAmountLowThreshold = 0;
  bufferedAmount = 0;
  readyState: RTCDataChannelState = 'connecting';
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;
  /** The most that the browser ever held. */
  bufferedMost = 0;
  readonly sent: Uint8Array[] = [];

  constructor(private readonly wire: FakeWire) {}

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== 'open') throw new Error('InvalidStateError');
    this.bufferedAmount += bytes.byteLength;
    this.bufferedMost = Math.max(this.bufferedMost, this.bufferedAmount);
    this.sent.push(bytes);
    this.wire.carry(this, bytes.slice());
  }

  /** The line has taken *bytes* of what was held. */
  drain(bytes: number): void {
    const before = this.bufferedAmount;
    this.bufferedAmount -= bytes;
    const { bufferedAmountLowThreshold: low } = this;
    if (before > low && this.bufferedAmount <= low) this.onbufferedamountlow?.();
  }

  receive(data: ArrayBuffer | string): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

/** One connection: two ends, and what is between them. */
export class FakeWire {
  readonly ends = [new FakeChannel(this), new FakeChannel(this)] as const;
  /** Whether what is sent goes nowhere, though both ends are open. */
  isDeaf = false;
  private isDown = false;
  /** Until when each end's line is busy: what is sent later comes later. */
  private readonly busyMs = new Map<FakeChannel, number>();

  constructor(
    private readonly delayMs: number,
    private readonly bytesPerMs = Number.POSITIVE_INFINITY,
  ) {}

  open(): void {
    for (const end of this.ends) {
      end.readyState = 'open';
      end.onopen?.();
    }
  }

  /** Close both ends; *loudly*: they hear of it. What is under way is lost. */
  cut(loudly: boolean): void {
    this.isDown = true;
    for (const end of this.ends) {
      end.readyState = 'closed';
      if (loudly) end.onclose?.();
    }
  }

  carry(from: FakeChannel, bytes: Uint8Array<ArrayBuffer>): void {
    const to = from === this.ends[0] ? this.ends[1] : this.ends[0];
    const nowMs = Date.now();
    const busyMs = Math.max(nowMs, this.busyMs.get(from) ?? 0) + bytes.byteLength / this.bytesPerMs;
    this.busyMs.set(from, busyMs);
    const takesMs = Math.ceil(busyMs - nowMs);
    setTimeout(() => {
      if (this.isDown) return;
      from.drain(bytes.byteLength);
      if (!this.isDeaf) setTimeout(() => this.isDown || to.receive(bytes.buffer), this.delayMs);
    }, takesMs);
  }
}
