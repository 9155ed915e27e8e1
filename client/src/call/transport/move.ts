// Looks for another process of the service while the present one stops: on a second socket, so that the first one works on.
// Law: the pages of a room move as soon as they can, and a page that finds nothing loses nothing.

import { object, text } from '../../base/shapes';
import type { Join, LobbyJoin } from './wire';

/** The time between two tries, half of it jittered: the old process may still be the only one. */
const AGAIN_MS = 2_000;

/** How long a process that was left may take to close its socket. */
const LEFT_MS = 2_000;

/** The page that looks for another process. */
export interface MovingPage {
  /** Make the first frame of the second socket, at the moment when it is sent. */
  readonly makeHandshake: () => LobbyJoin | Join;
  /** Another process has let the page in: its socket, and the frame that says so. */
  readonly onFound: (socket: WebSocket, frame: string) => void;
}

/** Look for another process than *leaving* at once, and until it is found. Return what stops the search. */
export function beginMove(url: string, leaving: string, page: MovingPage): () => void {
  let socket: WebSocket;
  let again: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    const tried = new WebSocket(url);
    socket = tried;
    tried.onopen = () => tried.send(JSON.stringify({ ...page.makeHandshake(), leaving }));
    // Anything else that comes first is a refusal, and the close follows it.
    tried.onmessage = ({ data }: MessageEvent<unknown>) => {
      const type = typeOf(data);
      if (type !== 'welcome' && type !== 'lobby') return;
      release(tried);
      page.onFound(tried, String(data));
    };
    tried.onclose = () => {
      again = setTimeout(open, (AGAIN_MS * (1 + Math.random())) / 2);
    };
  };

  open();
  return () => {
    clearTimeout(again);
    release(socket);
    socket.close();
  };
}

/** Give up the *socket* of the process that stops. What the other person has written still comes until it is closed. */
export function leave(socket: WebSocket, onChat: (frame: string) => void): void {
  release(socket);
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeOf(data) === 'chat') onChat(String(data));
  };
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'moved' }));
  setTimeout(() => socket.close(), LEFT_MS);
}

function release(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
}

/** Name the type of a frame without reading the rest; null for what is no frame. */
function typeOf(raw: unknown): string | null {
  try {
    return object({ type: text })(JSON.parse(String(raw)), 'frame').type;
  } catch {
    return null;
  }
}
