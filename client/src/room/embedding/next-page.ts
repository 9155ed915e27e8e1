// The platform's next page, to which the end of a call leads. Law: only the token says where, which the service has checked when the
// call can end; and no host may look like another, since people read it before they press (src/langdao_video/session/next_page.py).

import { decode } from '../../theme/theme';

export interface NextPage {
  readonly href: string;
  /** What people read: the host, with its port where that is not the usual one. */
  readonly host: string;
}

const CHARACTERS_MAX = 300;

/** Of a host (RFC 1123 §2.1), without what stands for letters that may look like others (RFC 5890 §2.3.1). */
const LABEL = '(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** A browser reads a host that ends in a number as an address of the network. */
const LAST_LABEL = '(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST = `https://(?:${LABEL}\\.)+${LAST_LABEL}|https?://(?:localhost|127\\.0\\.0\\.1)`;
const REST = "[/?#][a-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*";
const PAGE = new RegExp(`^(?:${HOST})(?::[0-9]{1,5})?(?:${REST})?$`, 'i');

/** Read where *token*, of the page's own link, leads; null where it names nothing, or nothing that fits. */
export function readNextPage(token: string | null): NextPage | null {
  const claims = decode(token?.split('.')[1] ?? null) as { look?: { next?: unknown } } | null;
  const next = claims?.look?.next;
  if (typeof next !== 'string' || next.length > CHARACTERS_MAX || !PAGE.test(next)) return null;
  try {
    const { href, host } = new URL(next);
    return { href, host };
  } catch {
    return null; // no port has that number
  }
}
