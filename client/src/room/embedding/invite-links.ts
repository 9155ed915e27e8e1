// The links that a waiting page offers. Pure. Law: a link with a token belongs to its owner alone. The platform makes the
// tutor's link (R3); a page makes one only in development, where links have no token and bind nobody.

import type { Role, SessionInfo } from '../../call/transport/wire';

export interface Waiting {
  /** The page's own URL. */
  readonly href: string;
  readonly role: Role;
  readonly hasToken: boolean;
  /** In a platform's page the person opens the session from that page, on every device. */
  readonly isEmbedded: boolean;
  readonly session: SessionInfo;
}

/** The own link, to go on with another device; null in a platform's page. */
export function ownLink({ href, isEmbedded }: Pick<Waiting, 'href' | 'isEmbedded'>): string | null {
  return isEmbedded ? null : href;
}

/** The tutor's link, for a student who tries the service out; null in every other case. */
export function tutorLink({ href, role, hasToken, session }: Waiting): string | null {
  if (hasToken || role !== 'student') return null;
  const url = new URL(href);
  url.hash = '';
  url.search = new URLSearchParams({
    room: session.id,
    role: 'tutor',
    language: session.language,
    sessionStart: String(session.start),
  }).toString();
  return url.href;
}
