// A WebSocket that a test answers for the service.

import type { ClientFrame } from '../src/call/transport/wire';

/** As much of a WebSocket as the room's socket uses. */
export class Socket {
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static made: Socket[] = [];
  readonly sent: ClientFrame[] = [];
  readyState = 0;
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }

  /** The service has answered. */
  answer(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The service sends *frame*. */
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The service closes it. */
  lose(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
    this.isClosed = true;
  }
}
