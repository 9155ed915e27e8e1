// The STUN and TURN servers, from the wire's form to the browser's. Pure.

import type { ServerFrameOf } from './wire';

type IceServer = ServerFrameOf<'welcome'>['iceServers'][number];

/** Tell whether one of *servers* is a relay (TURN, RFC 8656). */
export function hasRelay(servers: readonly IceServer[]): boolean {
  return receiveServers(servers).some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')));
}

export function receiveServers(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map(toIceServer).filter(isUsable);
}

function toIceServer(server: IceServer): RTCIceServer {
  const { urls, username, credential } = server;
  return {
    urls: [...urls],
    ...(username !== null && { username }),
    ...(credential !== null && { credential }),
  };
}

/** A server that the browser does not understand is left out: the call may work without it (R20). */
function isUsable({ urls, username, credential }: RTCIceServer): boolean {
  const isRelay = username !== undefined && credential !== undefined; // without them a relay is an error to browsers
  return [urls].flat().every((url) => (isRelay ? /^(stun|turn)s?:\S+$/ : /^stuns?:\S+$/).test(url));
}
