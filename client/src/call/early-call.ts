// The beginning of a call, for the page's inline script: the seat is taken, and the other person gets an offer, while the other
// scripts load. Law: a page that never loads keeps no seat.

import { offerEarly, prepareConnection } from './early-offer';
import { makeJoin } from './handshake';
import type { CallLink } from './link';
import { type DeviceChoices, wantedSwitches } from './media/device-choices';
import { makeId } from './page-id';
import type { TabMemory } from './tab-memory';
import type { ClientFrame } from './transport/wire';

/** A page that has not loaded by then gives its seat back: the service asks about a page that is silent for 10 s. */
const UNTAKEN_MS_MAX = 8_000;

/** Join on a new socket with the devices that are on when it is open, and make the first connection meanwhile: a browser starts
 * its threads and looks for its codecs. Call *onAnswered* when the service has answered, and what that asks for is on its way.
 * Returns false where the browser makes no connection. */
export function beginEarly(
  link: CallLink,
  memory: TabMemory,
  choices: DeviceChoices,
  onAnswered: () => void,
): boolean {
  try {
    const socket = joinEarly(link, memory, choices, (answer) => {
      const { langdaoConnection: early } = globalThis;
      const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
      if (early) void offerEarly(early, answer, () => choices.get(), send).then(onAnswered);
    });
    globalThis.langdaoConnection = prepareConnection();
    return true;
  } catch {
    return false; // the call tries again, and says what is wrong
  }
}

function joinEarly(
  link: CallLink,
  memory: TabMemory,
  choices: DeviceChoices,
  onAnswer: (frame: string) => void,
): WebSocket {
  const { socketUrl: url } = link;
  const socket = new WebSocket(url);
  const page = makeId();
  const prefetch = { url, socket, received: [] as string[] };
  socket.onopen = () => {
    const { resume, ...switched } = memory.get();
    const wanted = wantedSwitches(choices.get(), switched);
    socket.send(JSON.stringify(makeJoin(link, page, wanted, { resume, takeover: false })));
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string' && prefetch.received.push(data) === 1) onAnswer(data);
  };
  globalThis.langdaoSocket = prefetch;
  globalThis.langdaoPage = page;
  setTimeout(() => {
    if (globalThis.langdaoSocket !== prefetch) return;
    globalThis.langdaoSocket = undefined;
    globalThis.langdaoConnection?.connection.close();
    globalThis.langdaoConnection = undefined;
    socket.close(1000, 'page-not-loaded');
  }, UNTAKEN_MS_MAX);
  return socket;
}
