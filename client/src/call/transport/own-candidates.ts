// The own candidates of one connection: they wait until their description is sent, and tell whether this machine has another
// network. Sans-I/O state.

import { fragmentsOf } from './early-candidates';
import type { Candidate } from './wire';

/** Candidates of older generations do not come any more: their addresses count together. */
const GENERATIONS_MAX = 4;

export class OwnCandidates {
  /** Found before their description was sent; null once it is. The last is null when there are no more. */
  private waiting: (Candidate | null)[] | null = [];
  /** The addresses of each generation of candidates by its user fragment, the newest last. */
  private readonly addresses = new Map<string, Set<string>>();
  /** The generation that was complete last. */
  private complete: string | null = null;

  get areWaiting(): boolean {
    return this.waiting !== null;
  }

  /** Whether the newest generation has an address that no earlier one had. A browser may find out later than the page that it
   * has another network, and then gathers once more what it has lost. */
  get haveNewAddress(): boolean {
    const [newest, ...earlier] = [...this.addresses.values()].reverse();
    return [...(newest ?? [])].some((address) => !earlier.some((known) => known.has(address)));
  }

  /** The description *sdp* is applied from now on, with the candidates that are in it; *isComplete*: there are no others. */
  begin(sdp: string, isComplete = false): void {
    const [fragment = ''] = fragmentsOf(sdp);
    const addresses = this.addressesOf(fragment);
    for (const line of sdp.match(/^a=candidate:.*/gm) ?? []) addresses.add(addressOf(line));
    if (isComplete) this.complete = fragment;
  }

  /** Whether *candidate* comes after all of its generation: this machine has another network. */
  isLate(candidate: Candidate | null): boolean {
    const fragment = candidate?.usernameFragment ?? null;
    return fragment !== null && fragment === this.complete;
  }

  /** Take what was found, null for the end; returns whether to send it now. */
  receive(candidate: Candidate | null): boolean {
    if (candidate) {
      const fragment = candidate.usernameFragment ?? this.newest ?? '';
      this.addressesOf(fragment).add(addressOf(candidate.candidate));
    } else this.complete = this.newest;
    this.waiting?.push(candidate);
    return this.waiting === null;
  }

  /** The description is sent: returns what has waited for that. */
  release(): readonly (Candidate | null)[] {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    return waiting;
  }

  private get newest(): string | null {
    return [...this.addresses.keys()].pop() ?? null;
  }

  private addressesOf(fragment: string): Set<string> {
    const known = this.addresses.get(fragment);
    if (known) return known;
    const made = new Set<string>();
    this.addresses.set(fragment, made);
    const [oldest, next] = this.addresses;
    if (oldest && next && this.addresses.size > GENERATIONS_MAX) {
      for (const address of oldest[1]) next[1].add(address);
      this.addresses.delete(oldest[0]);
    }
    return made;
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
