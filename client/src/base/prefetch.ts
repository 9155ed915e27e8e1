// What the page's inline script (room/inline.ts) has begun while the other scripts load: the camera and microphone, the room's
// socket, and the connection. Each answer is taken once. Law: an answer that nobody takes does not stay open; a page that never loads keeps no seat.

export interface MediaPrefetch {
  readonly constraints: MediaStreamConstraints;
  /** Resolves to whether the browser opens the devices without asking the person. */
  readonly mayOpen: Promise<boolean>;
  /** Null where the browser would have asked the person; rejects as getUserMedia does. */
  readonly stream: Promise<MediaStream | null>;
}

/** A socket that has joined, or will once it is open. */
export interface SocketPrefetch {
  readonly url: string;
  readonly socket: WebSocket;
  /** The frames that have come. There are few: a socket that nobody takes is closed after some seconds. */
  readonly received: readonly string[];
}

/** A connection with the lines of a side that offers. */
export interface ConnectionPrefetch {
  readonly configuration: RTCConfiguration;
  readonly connection: RTCPeerConnection;
  /** Made, but not applied unless it was sent. */
  readonly offer: Promise<RTCSessionDescriptionInit>;
  /** The channel of the tools, once the lines are made. */
  channel?: RTCDataChannel;
  /** Resolves to the page that got the offer, or to null if that failed; null while nobody is to get it. */
  sent: Promise<string | null> | null;
}

declare global {
  var langdaoMedia: MediaPrefetch | undefined;
  var langdaoSocket: SocketPrefetch | undefined;
  /** The id under which that socket joins. It stays when the socket is given up, so that the page comes back to its own seat. */
  var langdaoPage: string | undefined;
  var langdaoConnection: ConnectionPrefetch | undefined;
}

/** Take the stream, once; null where there is none, or one for other *constraints*. */
export async function takeStream(constraints: MediaStreamConstraints): Promise<MediaStream | null> {
  const prefetch = globalThis.langdaoMedia;
  globalThis.langdaoMedia = undefined;
  if (!prefetch) return null;
  if (JSON.stringify(prefetch.constraints) === JSON.stringify(constraints)) return prefetch.stream;
  prefetch.stream.then(stop, () => undefined);
  return null;
}

/** Take the socket to *url*, once; null where there is none, one to another address, or one that has closed. */
export function takeSocket(url: string): SocketPrefetch | null {
  const prefetch = globalThis.langdaoSocket;
  globalThis.langdaoSocket = undefined;
  if (!prefetch) return null;
  // A closed one may have been told why.
  if (prefetch.url === url) return prefetch;
  prefetch.socket.close();
  return null;
}

/** Take the connection, once; null where there is none, or one that is configured otherwise. */
export function takeConnection(configuration: RTCConfiguration): ConnectionPrefetch | null {
  const prefetch = globalThis.langdaoConnection;
  globalThis.langdaoConnection = undefined;
  if (!prefetch) return null;
  if (JSON.stringify(prefetch.configuration) === JSON.stringify(configuration)) return prefetch;
  prefetch.connection.close();
  return null;
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
