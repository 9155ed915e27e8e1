// What the link says (R1, R5). The service has checked it already; here it is only read.

import type { Role } from './wire';

export interface CallLink {
  readonly socketUrl: string;
  readonly room: string;
  readonly role: Role;
  readonly address: string | null;
  /** What a development link calls the person; elsewhere the token says it. */
  readonly name: string | null;
  readonly language: string | null;
  readonly sessionStart: number | null;
  readonly token: string | null;
  /** Whether one looks in before one joins; `lobby=off` joins at once. */
  readonly hasLobby: boolean;
  readonly isDebug: boolean;
}

/** Read the page's own URL. The socket has the same, without the rest: `wss:` exactly when it is `https:` (R5). */
export function readLink(href: string): CallLink {
  const url = new URL(href);
  const query = url.searchParams;
  const room = query.get('room') ?? '';
  const start = query.get('sessionStart');
  const scheme = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    socketUrl: `${scheme}//${url.host}${url.pathname}?room=${encodeURIComponent(room)}`,
    room,
    role: query.get('role') === 'tutor' ? 'tutor' : 'student',
    address: query.get('address'),
    name: query.get('name'),
    language: query.get('language'),
    sessionStart: start && /^\d{1,15}$/.test(start) ? Number(start) : null,
    token: new URLSearchParams(url.hash.slice(1)).get('token'),
    hasLobby: query.get('lobby') !== 'off',
    isDebug: query.get('debug') === '1',
  };
}
