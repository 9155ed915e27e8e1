// The beginning of a call, for the page's inline script: the seat is taken and the connection made while the other scripts load.
// Law: a page that never loads keeps no seat.

import { makeJoin } from './handshake';
import type { CallLink } from './link';
import type { Wanted } from './media/device-permissions';
import { makeId } from './page-id';
import type { TabMemory } from './tab-memory';
import { configuration } from './transport/rtc-config';

/** A page that has not loaded by then gives its seat back: the service asks about a page that is silent for 10 s. */
const UNTAKEN_MS_MAX = 8_000;

/** Join on a new socket with the devices that are on when it is open, and then call *onJoined*. Make the first connection
 * meanwhile: a browser starts its threads and looks for its codecs. Returns false where the browser makes none. */
export function beginEarly(
  link: CallLink,
  memory: TabMemory,
  readWanted: () => Wanted,
  onJoined: () => void,
): boolean {
  try {
    joinEarly(link, memory, readWanted, onJoined);
    const wanted = configuration([]);
    globalThis.langdaoConnection = { configuration: wanted, connection: new RTCPeerConnection(wanted) };
    return true;
  } catch {
    return false; // the call tries again, and says what is wrong
  }
}

function joinEarly(link: CallLink, memory: TabMemory, readWanted: () => Wanted, onJoined: () => void): void {
  const { socketUrl: url } = link;
  const socket = new WebSocket(url);
  const prefetch = { url, socket, page: makeId(), received: [] as string[] };
  socket.onopen = () => {
    const claim = { resume: memory.get().resume, takeover: false };
    socket.send(JSON.stringify(makeJoin(link, prefetch.page, readWanted(), claim)));
    onJoined();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') prefetch.received.push(data);
  };
  globalThis.langdaoSocket = prefetch;
  setTimeout(() => {
    if (globalThis.langdaoSocket !== prefetch) return;
    globalThis.langdaoSocket = undefined;
    socket.close(1000, 'page-not-loaded');
  }, UNTAKEN_MS_MAX);
}
