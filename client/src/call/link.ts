// Reads the link of a call (R1, R5). The service has checked it already.

import type { Role } from './transport/wire';

/** The seat in the session, and the address of its socket: all that the inline script needs. */
export interface SeatLink {
  readonly socketUrl: string;
  readonly room: string;
  readonly role: Role;
  /** Whether the person enters the lobby first; with `lobby=off` they join at once. */
  readonly hasLobby: boolean;
}

export interface CallLink extends SeatLink {
  readonly address: string | null;
  /** The person's name in a development link; elsewhere the token has it. */
  readonly name: string | null;
  readonly language: string | null;
  readonly sessionStart: number | null;
  readonly token: string | null;
  /** A development link's `relay=1`; elsewhere the token has it. */
  readonly relayOnly: boolean;
  readonly isDebug: boolean;
}

/** A mail or chat program may put something around the token that is no part of it: `%3D`, a full stop, `)`, `>`. */
const TOKEN = /token(?:=|%3D)(?:3D)?([\w.-]*[\w-])/;

/** Read the page's own URL. The socket has the same, without the rest: `wss:` exactly when it is `https:` (R5). */
export function readSeat(href: string): SeatLink {
  const { protocol, host, pathname, searchParams } = new URL(href);
  const room = searchParams.get('room') ?? '';
  const scheme = protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    socketUrl: `${scheme}//${host}${pathname}?room=${encodeURIComponent(room)}`,
    room,
    role: searchParams.get('role') === 'tutor' ? 'tutor' : 'student',
    hasLobby: searchParams.get('lobby') !== 'off',
  };
}

/** Read all that the page's own URL says. */
export function readLink(href: string): CallLink {
  const { hash, searchParams: query } = new URL(href);
  const start = query.get('sessionStart');
  return {
    ...readSeat(href),
    address: query.get('address'),
    name: query.get('name'),
    language: query.get('language'),
    sessionStart: start && /^\d{1,15}$/.test(start) ? Number(start) : null,
    token: TOKEN.exec(hash)?.[1] ?? null,
    relayOnly: query.get('relay') === '1',
    isDebug: query.get('debug') === '1',
  };
}
