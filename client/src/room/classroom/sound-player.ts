// Plays samples once or over and over, on the speaker that the person chose. Law: who began it is told of its end, whatever ends it.

/** Where sound goes, and what closes it. */
type Output = readonly [node: AudioNode, close: () => void];

/** A part that is forgotten while it repeats is not heard for ever. */
const LOOPED_SECONDS_MAX = 300;

interface Playing {
  readonly source: AudioBufferSourceNode;
  readonly startedSeconds: number;
  readonly end: () => void;
}

export class SoundPlayer {
  private playing: Playing | null = null;
  /** Counts what was begun: an output that opens late is no longer wanted. */
  private begun = 0;

  constructor(
    private readonly sound: AudioContext,
    private readonly openOutput: () => Promise<Output>,
  ) {}

  /** Play *samples* in place of what is played; *onEnd* hears of their end, but not after `stop`. Rejects where nothing can be played. */
  async play(
    samples: Float32Array<ArrayBuffer>,
    rateHz: number,
    isLooping: boolean,
    onEnd: () => void,
  ): Promise<void> {
    this.stop();
    const { begun, sound } = this;
    const [output, close] = await this.openOutput();
    if (begun !== this.begun) {
      close();
      return;
    }
    const source = sound.createBufferSource();
    source.buffer = sound.createBuffer(1, samples.length, rateHz);
    source.buffer.copyToChannel(samples, 0);
    source.loop = isLooping;
    source.connect(output);
    // A telephone call on this phone stops the page's sound, and a source tells nothing of that.
    const look = () => sound.state !== 'running' && finish();
    const end = () => {
      source.onended = null;
      source.disconnect();
      sound.removeEventListener('statechange', look);
      close();
      if (this.playing?.source === source) this.playing = null;
    };
    const finish = () => {
      end();
      onEnd();
    };
    source.onended = finish;
    sound.addEventListener('statechange', look);
    this.playing = { source, startedSeconds: sound.currentTime, end };
    source.start();
    if (isLooping) source.stop(sound.currentTime + LOOPED_SECONDS_MAX);
  }

  /** How long the sound has been played, seconds. */
  get playedSeconds(): number {
    return this.playing ? this.sound.currentTime - this.playing.startedSeconds : 0;
  }

  stop(): void {
    this.begun += 1;
    const { playing } = this;
    playing?.end();
    playing?.source.stop();
  }
}
