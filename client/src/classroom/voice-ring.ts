// The last seconds of a voice, as samples. Pure. Law: one buffer, reserved once; what is older is written over.

/** So long a voice is kept. */
export const KEPT_SECONDS = 30;

/** A call's voice has nothing above 20 kHz (Opus, RFC 6716 §2.1.3): a sound card that is faster gives no more of it. */
const RATE_HZ_MIN = 44_100;

const FULL_SCALE = 32_767;

/** What was kept, oldest first: 16-bit samples of one channel. */
export interface Recording {
  readonly samples: Int16Array<ArrayBuffer>;
  readonly rateHz: number;
}

export class VoiceRing {
  /** Samples a second as they are kept; below 88,200, so that 30 s are at most 5.3 MB. */
  readonly rateHz: number;
  private readonly samples: Int16Array;
  /** Of so many samples one is kept. */
  private readonly every: number;
  private next = 0;
  private kept = 0;
  private toPass = 0;

  /** *rateHz* is that of the samples that come. */
  constructor(rateHz: number, seconds = KEPT_SECONDS) {
    this.every = Math.max(1, Math.floor(rateHz / RATE_HZ_MIN));
    this.rateHz = rateHz / this.every;
    this.samples = new Int16Array(Math.floor(seconds * this.rateHz));
  }

  /** Take a block of sound, the channels mixed into one. Reserves nothing: it runs on the thread that makes the sound. */
  write(channels: readonly Float32Array[]): void {
    const length = channels[0]?.length ?? 0;
    for (let index = this.toPass; index < length; index += this.every) {
      let sum = 0;
      for (const channel of channels) sum += channel[index] ?? 0;
      const level = Math.max(-1, Math.min(1, sum / channels.length));
      this.samples[this.next] = Math.round(level * FULL_SCALE);
      this.next = (this.next + 1) % this.samples.length;
      this.kept = Math.min(this.samples.length, this.kept + 1);
      this.toPass = index + this.every;
    }
    this.toPass = Math.max(0, this.toPass - length);
  }

  /** Copy what is kept, oldest first. */
  read(): Recording {
    const { kept, next, samples, rateHz } = this;
    const copy = new Int16Array(kept);
    const first = (next - kept + samples.length) % samples.length;
    const older = samples.subarray(first, Math.min(samples.length, first + kept));
    copy.set(older);
    copy.set(samples.subarray(0, kept - older.length), older.length);
    return { samples: copy, rateHz };
  }

  /** Keep nothing of what has come; the memory is overwritten at once. */
  forget(): void {
    this.samples.fill(0);
    this.next = this.kept = this.toPass = 0;
  }
}

/** Turn 16-bit samples into those of Web Audio, from -1 to 1. */
export function toFloats(samples: Int16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(samples, (sample) => sample / FULL_SCALE);
}
