// Which links may leave a page that waits. Pure. Law: a link with a token is its owner's alone; the tutor's link is
// the platform's to make (R3), so a page makes one only where links have no token and bind nobody: in development.

import type { Role, SessionInfo } from '../../call/transport/wire';

export interface Waiting {
  /** The page's own URL. */
  readonly href: string;
  readonly role: Role;
  readonly hasToken: boolean;
  /** In a platform's page one opens the lesson from that page, on every device. */
  readonly isEmbedded: boolean;
  readonly session: SessionInfo;
}

/** The own link, to go on with another device; null where it is not the page's to give. */
export function ownLink({ href, isEmbedded }: Pick<Waiting, 'href' | 'isEmbedded'>): string | null {
  return isEmbedded ? null : href;
}

/** The tutor's link, for the student who tries the service out; null in every other case. */
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
