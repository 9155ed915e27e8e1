// Looks for another process of the service while the present one stops: on a second socket, so that the first one works on.
// Law: the pages of a room move as soon as they can, and a page that finds nothing loses nothing.

import { type Join, type LobbyJoin, typeOf } from './wire';

/** The time between two tries, half of it jittered: the old process may still be the only one. */
const AGAIN_MS = 2_000;

export interface MoveCallbacks {
  readonly makeHandshake: () => LobbyJoin | Join;
  /** Another process has let the page in: its socket, and the frame that says so. */
  readonly onFound: (socket: WebSocket, frame: string) => void;
}

export class Move {
  private socket: WebSocket | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;

  /** Look for another process than *leaving* at once, and until it is found or this is stopped. */
  constructor(
    private readonly url: string,
    private readonly leaving: string,
    private readonly callbacks: MoveCallbacks,
  ) {
    this.open();
  }

  stop(): void {
    clearTimeout(this.again);
    const socket = this.release();
    socket?.close();
  }

  private open(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ ...this.callbacks.makeHandshake(), leaving: this.leaving }));
    };
    // Anything else that comes first is a refusal, and the close follows it.
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const type = typeOf(data);
      if (type !== 'welcome' && type !== 'lobby') return;
      this.release();
      this.callbacks.onFound(socket, String(data));
    };
    socket.onclose = () => {
      this.release();
      this.again = setTimeout(() => this.open(), (AGAIN_MS * (1 + Math.random())) / 2);
    };
  }

  private release(): WebSocket | null {
    const socket = this.socket;
    this.socket = null;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }
}
