// Which side of the DTLS association this page is, and how a later offer says so. Pure.

/** The agreed descriptions of a connection. */
export interface Agreed {
  readonly currentLocalDescription: RTCSessionDescription | null;
  readonly currentRemoteDescription: RTCSessionDescription | null;
}

const SETUP = /^a=setup:(active|passive)/m;
const OTHER: Readonly<Record<string, string>> = { active: 'passive', passive: 'active' };

/** Name the role that this page has already in *offer*, where there is one. Both sides must keep theirs (RFC 8842 §5.5), but to a later
 * offer that leaves it open (`actpass`) Firefox answers `active`, whatever it was, and Chromium refuses that answer (Mozilla bugs
 * 1240897 and 1329028). Then a restart would cost the connection. */
export function nameRole(offer: string, agreed: Agreed): string {
  const role = agreedRole(agreed);
  return role ? offer.replace(/^a=setup:actpass/gm, `a=setup:${role}`) : offer;
}

/** The answer says who is what. */
function agreedRole({
  currentLocalDescription: own,
  currentRemoteDescription: theirs,
}: Agreed): string | undefined {
  if (own?.type === 'answer') return SETUP.exec(own.sdp)?.[1];
  return theirs?.type === 'answer' ? OTHER[SETUP.exec(theirs.sdp)?.[1] ?? ''] : undefined;
}
