// Tells speech from noise while the microphone is off: a door is loud once, a sentence is loud again and again.

const LOUD_LEVEL = 0.45;
const LOUD_COUNT = 4;
const WITHIN_MS = 4_000;
const SILENCE_MS = 4_000;

export class MutedSpeech {
  private loud: number[] = [];
  private isSpeaking = false;

  /** Take one level (0 to 1) at *nowMs*; returns whether somebody speaks, until they have been silent for a while. */
  receive(level: number, nowMs: number): boolean {
    if (level >= LOUD_LEVEL) this.loud.push(nowMs);
    this.loud = this.loud.filter((at) => nowMs - at < WITHIN_MS);
    const last = this.loud[this.loud.length - 1] ?? Number.NEGATIVE_INFINITY;
    this.isSpeaking = this.isSpeaking ? nowMs - last < SILENCE_MS : this.loud.length >= LOUD_COUNT;
    return this.isSpeaking;
  }
}
