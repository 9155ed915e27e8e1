// Keeps the other side's candidates until their description is there, by the user fragment that names their generation
// (RFC 8839 §5.4). Sans-I/O state. Law: whatever a peer sends, so much is kept and so much is tried, and no more.

import type { Candidate } from './wire';

/** RFC 8445 §6.1.2.5: an agent checks 100 pairs by default. A peer with so many routes needs no more of them. */
export const CANDIDATES_MAX = 100;

/** The candidates of an offer that lost against ours never get a description. At this bound the oldest are dropped. */
export const EARLY_MAX = 500;

export class EarlyCandidates {
  private early: Candidate[] = [];
  /** The fragments of the applied description; null while there is none. */
  private fragments: readonly string[] | null = null;
  private tried = 0;

  /** Take a candidate; returns whether to try it now. */
  receive(candidate: Candidate): boolean {
    if (this.isExpected(candidate)) return this.admit();
    this.early = [...this.early, candidate].slice(-EARLY_MAX);
    return false;
  }

  /** Take the description that was applied; returns the candidates that waited for it. */
  apply(sdp: string): readonly Candidate[] {
    const fragments = fragmentsOf(sdp);
    if (fragments.join() !== this.fragments?.join()) this.tried = 0;
    this.fragments = fragments;
    const ready = this.early.filter((candidate) => this.isExpected(candidate));
    this.early = this.early.filter((candidate) => !ready.includes(candidate));
    return ready.filter(() => this.admit());
  }

  /** There is another connection, without a description. What has come may be for it. */
  clear(): void {
    this.fragments = null;
    this.tried = 0;
  }

  private admit(): boolean {
    this.tried += 1;
    return this.tried <= CANDIDATES_MAX;
  }

  /** One that names no generation is of the present one: old Firefox and Safari name none. */
  private isExpected(candidate: Candidate): boolean {
    const fragment = fragmentOf(candidate);
    return this.fragments !== null && (fragment === null || this.fragments.includes(fragment));
  }
}

function fragmentOf({ usernameFragment, candidate }: Candidate): string | null {
  return usernameFragment ?? / ufrag (\S+)/.exec(candidate)?.[1] ?? null;
}

/** The user fragments of a description: bundled lines have one, others have one each. */
export function fragmentsOf(sdp: string): readonly string[] {
  const lines = sdp.match(/^a=ice-ufrag:\S+/gm) ?? [];
  return [...new Set(lines)].map((line) => line.slice('a=ice-ufrag:'.length));
}

/** The user fragment of the first line of *description*; null where there is none. */
export function fragmentIn(description: RTCSessionDescription | null): string | null {
  return fragmentsOf(description?.sdp ?? '')[0] ?? null;
}
