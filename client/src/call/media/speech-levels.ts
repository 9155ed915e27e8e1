// Measures how loud each side is, so that the page can show who speaks (R13): a few times a second, and never sent.

/** Each reading asks the browser for statistics, and each change draws both pictures' surroundings anew: five a second look as
 * lively as seven, and cost a call some 6 % less of the processor. */
const READ_EVERY_MS = 200;

/** Speech in a quiet room measures 0.02 and more as a linear level; keyboards and fans stay below. */
const SPEAKING_LEVEL = 0.015;

/** A pause between words does not end speech. */
const HOLD_MS = 450;

/** A voice near the microphone; louder shows as full. */
const LOUD_LEVEL = 0.25;

/** The part of the way down that each reading takes. */
const FALL = 0.55;

/** The bars are so low that more steps are not seen. */
const STEPS = 8;

/** A connection whose two voices are measured. */
interface VoiceSource {
  readonly lines: { getSender(kind: 'audio'): RTCRtpSender | undefined };
  /** How loud the other side is right now, 0 to 1. */
  getRemoteLevel(): number;
}

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

/** How loud each side is shown, 0 to 1. */
export interface Levels {
  readonly own: number;
  readonly remote: number;
}

/** Follow a voice for the eye: up at once, down slowly, and a quiet voice still visible. */
export class LevelMeter {
  private shown = 0;

  follow(level: number): number {
    const heard = level < SPEAKING_LEVEL ? 0 : Math.min(1, Math.sqrt(level / LOUD_LEVEL));
    const next = heard >= this.shown ? heard : this.shown + (heard - this.shown) * FALL;
    this.shown = Math.round(next * STEPS) / STEPS;
    return this.shown;
  }
}

/** Measures the own voice, 0 to 1 linear, where the browser's statistics do not: Firefox has no `audioLevel` of a source. */
export type VoiceMeter = () => number;

/** Call *onChange* when a side begins or stops speaking, and *onLevels* when one gets louder or quieter, until the returned
 * function is called. */
export function watchSpeaking(
  getPeer: () => VoiceSource | null,
  getVoiceMeter: () => VoiceMeter | null,
  isMuted: () => boolean,
  onChange: (speaking: Speaking) => void,
  onLevels: (levels: Levels) => void,
): () => void {
  const [own, remote] = [new SpeechGate(), new SpeechGate()];
  const [ownMeter, remoteMeter] = [new LevelMeter(), new LevelMeter()];
  let shown: Speaking = { own: false, remote: false };
  let levels: Levels = { own: 0, remote: 0 };
  const timer = setInterval(async () => {
    const peer = getPeer();
    const ownLevel = peer && !isMuted() ? ((await readOwnLevel(peer)) ?? getVoiceMeter()?.() ?? 0) : 0;
    const remoteLevel = peer?.getRemoteLevel() ?? 0;
    const now: Speaking = {
      own: own.isSpeaking(ownLevel, Date.now()) && !isMuted(),
      remote: remote.isSpeaking(remoteLevel, Date.now()),
    };
    const heard = { own: ownMeter.follow(ownLevel), remote: remoteMeter.follow(remoteLevel) };
    if (heard.own !== levels.own || heard.remote !== levels.remote) onLevels(heard);
    levels = heard;
    if (now.own === shown.own && now.remote === shown.remote) return;
    shown = now;
    onChange(now);
  }, READ_EVERY_MS);
  return () => clearInterval(timer);
}

/** Null where the browser does not tell. */
async function readOwnLevel(peer: VoiceSource): Promise<number | null> {
  const report = await peer.lines
    .getSender('audio')
    ?.getStats()
    .catch(() => null); // the connection was closed meanwhile
  for (const stat of report?.values() ?? []) {
    if (stat.type === 'media-source' && typeof stat.audioLevel === 'number') return stat.audioLevel;
  }
  return null;
}
