// What a page tells the other one when it must not tell its own address. The browser offers only relays then; this is the
// second lock on the same door: Firefox writes the own address into the candidate of a relay. Pure.

import type { ClientFrame } from './wire';

const RELAYED = / typ relay\b/;
const RELATED = / raddr (\S+) rport \d+/;

/** Take out of *frame* what tells where this computer is; null if nothing remains to be sent. */
export function hideAddress(frame: ClientFrame): ClientFrame | null {
  if (frame.type === 'offer' || frame.type === 'answer') {
    const lines = frame.sdp
      .split('\r\n')
      .filter((line) => !line.startsWith('a=candidate:') || RELAYED.test(line));
    return { ...frame, sdp: lines.map(maskRelated).join('\r\n') };
  }
  if (frame.type !== 'ice' || !frame.candidate?.candidate) return frame;
  const { candidate } = frame.candidate;
  if (!RELAYED.test(candidate)) return null;
  return { ...frame, candidate: { ...frame.candidate, candidate: maskRelated(candidate) } };
}

/** RFC 8839 §5.1: for privacy the related address is all zeros, and its port 9. */
function maskRelated(line: string): string {
  return line.replace(RELATED, (_, address: string) =>
    address.includes(':') ? ' raddr :: rport 9' : ' raddr 0.0.0.0 rport 9',
  );
}
