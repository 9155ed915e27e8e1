// How loud each side is, so that the page can show who speaks (R13). Read a few times a second, never sent.

import type { PeerLink } from './peer';

const READ_EVERY_MS = 150;

/** Speech in a quiet room measures 0.02 and more as a linear level; keyboards and fans stay below. */
const SPEAKING_LEVEL = 0.015;

/** Pauses between words are no end of speaking. */
const HOLD_MS = 450;

export interface Speaking {
  readonly own: boolean;
  readonly remote: boolean;
}

/** Tell whether someone speaks, from levels read one after the other. */
export class SpeechGate {
  private lastLoudMs = Number.NEGATIVE_INFINITY;

  isSpeaking(level: number, nowMs: number): boolean {
    if (level >= SPEAKING_LEVEL) this.lastLoudMs = nowMs;
    return nowMs - this.lastLoudMs < HOLD_MS;
  }
}

/** Call *onChange* whenever one side begins or stops speaking, until the returned function is called. */
export function watchSpeaking(
  getPeer: () => PeerLink | null,
  isMuted: () => boolean,
  onChange: (speaking: Speaking) => void,
): () => void {
  const [own, remote] = [new SpeechGate(), new SpeechGate()];
  let shown: Speaking = { own: false, remote: false };
  const timer = setInterval(async () => {
    const peer = getPeer();
    const ownLevel = peer && !isMuted() ? await readOwnLevel(peer) : 0;
    const now: Speaking = {
      own: own.isSpeaking(ownLevel, Date.now()) && !isMuted(),
      remote: remote.isSpeaking(peer?.getRemoteLevel() ?? 0, Date.now()),
    };
    if (now.own === shown.own && now.remote === shown.remote) return;
    shown = now;
    onChange(now);
  }, READ_EVERY_MS);
  return () => clearInterval(timer);
}

async function readOwnLevel(peer: PeerLink): Promise<number> {
  const report = await peer.getSender('audio')?.getStats();
  for (const stat of report?.values() ?? []) {
    if (stat.type === 'media-source' && typeof stat.audioLevel === 'number') return stat.audioLevel;
  }
  return 0;
}
