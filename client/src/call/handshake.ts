// The first frame of a socket: it joins the lobby or the call with what the link says. Pure.

import type { CallLink } from './link';
import { type Me, signsOf } from './state';
import type { Join, LobbyJoin } from './transport/wire';

interface Claim {
  readonly resume: string | null;
  /** Move the call here from another tab. */
  readonly takeover: boolean;
}

export function makeLobbyJoin(link: CallLink, page: string): LobbyJoin {
  return { type: 'look', ...makeHandshake(link, page) };
}

export function makeJoin(link: CallLink, page: string, me: Me, { resume, takeover }: Claim): Join {
  const { audio, video } = me;
  return {
    type: 'join',
    ...makeHandshake(link, page),
    ...(resume !== null && { resume }),
    ...(takeover && { takeover }),
    ...(!audio && { audio }),
    ...(!video && { video }),
    ...signsOf(me),
  };
}

function makeHandshake(link: CallLink, page: string): Omit<LobbyJoin, 'type'> {
  const { role, address, name, language, sessionStart, token, relayOnly } = link;
  return {
    page,
    role,
    ...(address !== null && { address }),
    ...(name !== null && { name }),
    ...(language !== null && { language }),
    ...(sessionStart !== null && { sessionStart }),
    ...(token !== null && { token }),
    ...(relayOnly && { relay: true as const }),
  };
}
