// The socket to the room, for as long as the page is open. It reconnects by itself (R20) and queues nothing, because a queued
// frame would be stale: the caller decides what to do about a frame that was not sent.

import { type SocketPrefetch, takeSocket } from '../../base/prefetch';
import { FrameRefused } from '../../base/shapes';
import { beginMove, leave } from './move';
import { planReconnect } from './reconnect';
import { type ClientFrame, type Join, type LobbyJoin, type RoomFrame, receiveFrame } from './wire';

/** The service pings every 5 s: three missed ones mean a socket that only looks open. */
const SILENCE_MS = 15_000;

/** One ping and its way: with a reason to doubt the socket, a longer silence is enough. */
const DOUBT_MS = 7_000;

export interface SignalingCallbacks {
  /** Make the first frame of a socket, at the moment when it is sent. */
  readonly makeHandshake: () => LobbyJoin | Join;
  /** Make it for a second socket, beside which the present one works on. */
  readonly makeSecondHandshake: () => LobbyJoin | Join;
  readonly onFrame: (frame: RoomFrame) => void;
  /** The socket is gone; *retryInMs* is null when it is given up. */
  readonly onLost: (closeCode: number, retryInMs: number | null) => void;
  readonly log: (what: string, detail: unknown) => void;
}

export class Signaling {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private heardMs = 0;
  /** Whether the service has answered on this socket. */
  isJoined = false;
  private isFinal = false;
  private stopMove: (() => void) | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly callbacks: SignalingCallbacks,
  ) {}

  /** Open the socket; an earlier one is dropped. */
  open(): void {
    this.drop();
    this.isFinal = false;
    const early = takeSocket(this.url);
    const socket = early?.socket ?? new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.listen();
      this.send(this.callbacks.makeHandshake());
    };
    this.watch(socket);
    // What came on an early socket waits until the caller has set up the rest.
    if (early) void Promise.resolve().then(() => this.replay(early));
  }

  /** Send *frame*; false if there is no open socket to send it on. */
  send(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Close for good, with a goodbye the service understands (RFC 6455 §7.4.1). */
  close(reason: string): void {
    this.isFinal = true;
    this.drop(1000, reason);
  }

  /** The network is back: open a new socket, because an open one may belong to the old network. */
  reopen(): void {
    if (this.isFinal) return;
    this.attempt = 0;
    this.open();
  }

  /** Something is wrong, or a phone has slept: replace a socket that has been silent for *silentMs*. */
  reopenIfSilent(silentMs = DOUBT_MS): void {
    if (Date.now() - this.heardMs > silentMs) this.reopen();
  }

  private replay({ socket, received }: SocketPrefetch): void {
    for (const raw of received) if (socket === this.socket) this.receive(raw);
    if (socket === this.socket && socket.readyState === WebSocket.CLOSED) this.lose(1006);
  }

  private receive(raw: string): void {
    this.listen();
    try {
      const frame = receiveFrame(raw);
      if (frame.type === 'welcome' || frame.type === 'lobby') this.attempt = 0;
      if (frame.type === 'welcome') this.isJoined = true;
      if (frame.type === 'session-ended' || (frame.type === 'error' && frame.final)) this.isFinal = true;
      if (frame.type === 'moving') this.move(frame.leaving);
      else this.callbacks.onFrame(frame);
    } catch (error) {
      if (!(error instanceof FrameRefused)) throw error;
      this.callbacks.log('frame refused', error.message);
    }
  }

  private watch(socket: WebSocket): void {
    socket.onmessage = (message: MessageEvent<unknown>) => {
      if (typeof message.data === 'string') this.receive(message.data);
    };
    socket.onclose = (event) => this.lose(event.code);
    this.listen();
  }

  /** The service stops: look for another process beside the present socket. */
  private move(leaving: string): void {
    this.stopMove?.();
    this.stopMove = beginMove(this.url, leaving, {
      makeHandshake: this.callbacks.makeSecondHandshake,
      onFound: (socket, frame) => {
        this.stopMove = undefined;
        if (this.socket) leave(this.socket, (line) => this.receive(line));
        this.socket = socket;
        this.watch(socket);
        this.receive(frame);
      },
    });
  }

  private lose(closeCode: number): void {
    this.drop();
    const delay = planReconnect({
      attempt: this.attempt,
      closeCode,
      final: this.isFinal,
      random: Math.random(),
    });
    this.attempt += 1;
    if (delay !== null) this.retry = setTimeout(() => this.open(), delay);
    else this.isFinal = true;
    this.callbacks.onLost(closeCode, delay);
  }

  private listen(): void {
    this.heardMs = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose(1006), SILENCE_MS);
  }

  /** Drop the socket. Without a code it is no goodbye: the service keeps the seat for a page that comes back. */
  private drop(code?: number, reason?: string): void {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.isJoined = false;
    this.stopMove?.();
    this.stopMove = undefined;
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code, reason);
  }
}
