// The first offer of a call, for the page's inline script: where `welcome` names somebody, they get it before the other scripts
// have run. PeerLink takes the connection over, with its offer on the way.

import type { ConnectionPrefetch } from '../base/prefetch';
import type { Chosen } from './media/device-choices';
import { recallEfficient } from './transport/codec-choice';
import { receiveServers } from './transport/ice-servers';
import { addFirstLines } from './transport/media-lines';
import { plainCandidate } from './transport/own-candidates';
import { configuration } from './transport/rtc-config';
import { addWishes } from './transport/sdp-edit';
import { savesData } from './transport/send-control';
import { openToolChannel } from './transport/tool-channel';
import type { ClientFrame, ServerFrameOf } from './transport/wire';

/** Make a connection, and then its lines and its offer, which nobody gets yet. Throws where the browser makes none. */
export function prepareConnection(): ConnectionPrefetch {
  const wanted = configuration([], false);
  const connection = new RTCPeerConnection(wanted);
  // The lines wait until the browser's threads have started, some 15 ms. So they come last, when the camera has been asked for.
  const offer = Promise.resolve().then(() => {
    addFirstLines(connection, new MediaStream());
    early.channel = openToolChannel(connection);
    return connection.createOffer();
  });
  offer.catch(() => undefined); // the call makes another one, and tells the error
  const early: ConnectionPrefetch = { configuration: wanted, connection, offer, sent: null };
  return early;
}

/** Offer to the page that *frame* names, if it is a `welcome` that does, and the person wants nothing special. Resolves when
 * nothing of it waits for this script any more; never rejects. */
export async function offerEarly(
  early: ConnectionPrefetch,
  frame: string,
  readChosen: () => Chosen,
  send: (frame: ClientFrame) => void,
): Promise<void> {
  const welcome = readWelcome(frame);
  if (!welcome) return;
  const { isLowData, hidesAddress } = readChosen();
  if (isLowData || savesData() || hidesAddress || !useServers(early.connection, welcome.iceServers)) return;
  early.sent = sendOffer(early, welcome.peer.page, send);
  await early.sent;
}

interface NamingWelcome {
  readonly peer: { readonly page: string };
  readonly iceServers: ServerFrameOf<'welcome'>['iceServers'];
}

/** Null for anything else, and where the link wants a relay: the call itself reads it once more, and closely. */
function readWelcome(frame: string): NamingWelcome | null {
  try {
    const { type, peer, relayOnly, iceServers } = JSON.parse(frame) as ServerFrameOf<'welcome'>;
    const isMeant = type === 'welcome' && peer && !relayOnly && Array.isArray(iceServers);
    return isMeant && typeof peer.page === 'string' ? { peer, iceServers } : null;
  } catch {
    return null;
  }
}

/** Returns false where the browser cannot change them: then the call makes another connection. */
function useServers(connection: RTCPeerConnection, named: NamingWelcome['iceServers']): boolean {
  try {
    const servers = receiveServers(named);
    if (servers.length > 0) connection.setConfiguration(configuration(servers, false));
    return true;
  } catch {
    return false;
  }
}

/** Resolves to *page*, or to null if it did not get the offer. */
async function sendOffer(
  early: ConnectionPrefetch,
  page: string,
  send: (frame: ClientFrame) => void,
): Promise<string | null> {
  const { connection, offer } = early;
  try {
    connection.onicecandidate = ({ candidate }) =>
      void early.sent?.then((got) => got && sendCandidate(candidate));
    await connection.setLocalDescription(await offer);
    const sdp = connection.localDescription?.sdp ?? '';
    const efficient = recallEfficient(navigator.userAgent);
    send({ type: 'offer', to: page, sdp: addWishes(sdp, { videoBitrateMax: null, efficient }), number: 1 });
    return page;
  } catch {
    return null;
  }

  function sendCandidate(found: RTCIceCandidate | null): void {
    send({ type: 'ice', to: page, candidate: found && plainCandidate(found) });
  }
}
