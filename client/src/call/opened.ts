// The socket that the page's first script (room/first.ts) has opened for who joins at once, while the other scripts were
// on their way. Nothing is said on it before it is taken: a page that never loads takes no seat.

export interface OpenedSocket {
  readonly url: string;
  readonly socket: WebSocket;
}

declare global {
  var langdaoSocket: OpenedSocket | undefined;
}

/** Take the socket to *url*, once; null where there is none, one to elsewhere, or one that is gone by now. */
export function takeSocket(url: string): WebSocket | null {
  const opened = globalThis.langdaoSocket;
  globalThis.langdaoSocket = undefined;
  if (!opened) return null;
  if (opened.url === url && opened.socket.readyState <= WebSocket.OPEN) return opened.socket;
  opened.socket.close();
  return null;
}
