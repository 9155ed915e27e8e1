// The own candidates of one connection: they wait until their description is sent, and tell whether this machine has another
// network. Sans-I/O state.

import { fragmentsOf } from './early-candidates';
import type { Candidate } from './wire';

export class OwnCandidates {
  /** Found before their description was sent; null once it is. The last is null when there are no more. */
  private waiting: (Candidate | null)[] | null = [];
  /** The user fragment of the newest generation of candidates, and of the one that was complete. */
  private generation: string | null = null;
  private complete: string | null = null;
  private addresses = new Set<string>();
  private earlierAddresses: ReadonlySet<string> = new Set();

  get areWaiting(): boolean {
    return this.waiting !== null;
  }

  /** Whether the newest generation has an address that no earlier one had. A browser may find out later than the page that it
   * has another network, and then gathers once more what it has lost. */
  get haveNewAddress(): boolean {
    return [...this.addresses].some((address) => !this.earlierAddresses.has(address));
  }

  /** The description *sdp* is applied from now on, with the candidates that are in it; *isComplete*: there are no others. */
  begin(sdp: string, isComplete = false): void {
    const [fragment = null] = fragmentsOf(sdp);
    if (fragment !== this.generation) {
      this.generation = fragment;
      this.earlierAddresses = new Set([...this.earlierAddresses, ...this.addresses]);
      this.addresses = new Set();
    }
    for (const line of sdp.match(/^a=candidate:.*/gm) ?? []) this.addresses.add(addressOf(line));
    if (isComplete) this.complete = fragment;
  }

  /** Whether *candidate* comes after all of its generation: this machine has another network. */
  isLate(candidate: Candidate | null): boolean {
    const fragment = candidate?.usernameFragment ?? null;
    return fragment !== null && fragment === this.complete;
  }

  /** Take what was found, null for the end; returns whether to send it now. */
  receive(candidate: Candidate | null): boolean {
    if (candidate) this.addresses.add(addressOf(candidate.candidate));
    else this.complete = this.generation;
    this.waiting?.push(candidate);
    return this.waiting === null;
  }

  /** The description is sent: returns what has waited for that. */
  release(): readonly (Candidate | null)[] {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    return waiting;
  }
}

/** Write a candidate of the browser for the wire; null for the end of them. */
export function plainCandidate(found: RTCIceCandidate | null): Candidate | null {
  if (!found) return null;
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = found;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

/** RFC 8839 §5.1: the fifth field, an address or a name in its place. */
function addressOf(candidate: string): string {
  return candidate.split(' ')[4] ?? '';
}
