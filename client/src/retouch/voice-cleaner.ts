// Takes the noise out of the own microphone's sound, beside the page's thread. Law: where there is no cleaned sound at this moment,
// the microphone's own is sent.

import workletUrl from './noise-worklet?worker&url';

const LOOK_EVERY_MS = 500;

/** A worklet may need so long to begin. */
const BEGIN_LOOKS_MAX = 10;

/** An iPhone's context may say that it runs while its clock stands, after a call by telephone. */
const FROZEN_LOOKS_MAX = 2;

/** Why there is no cleaned sound: `rate` is a microphone that the browser cannot join to 48 kHz. */
export type CleanerTrouble = 'rate' | 'failed';

interface CleanerPort {
  /** Let the context run from now on, until the returned function is called. */
  readonly keepRunning: (context: AudioContext) => () => void;
  /** There is cleaned sound from now on, or no more: `take` gives another track. */
  readonly onChange: (isCleaning: boolean) => void;
  /** There will be none any more. */
  readonly onTrouble: (trouble: CleanerTrouble) => void;
}

export class VoiceCleaner {
  private source: MediaStreamAudioSourceNode | null = null;
  private track: MediaStreamTrack | null = null;
  private rest: (() => void) | null = null;
  private isReady = false;
  private isCleaning = false;
  private lastSeconds = -1;
  private looks = 0;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly out: MediaStreamAudioDestinationNode;

  private constructor(
    private readonly context: AudioContext,
    private readonly remover: AudioWorkletNode,
    private readonly port: CleanerPort,
  ) {
    this.out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    remover.connect(this.out);
    remover.onprocessorerror = () => port.onTrouble('failed');
    remover.port.onmessage = () => {
      this.isReady = true;
      this.follow();
    };
    context.onstatechange = () => this.follow();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Rejects where the browser does not load the worklet. *context* runs at 48 kHz, and is closed with the cleaner. */
  static async open(context: AudioContext, port: CleanerPort): Promise<VoiceCleaner> {
    await context.audioWorklet.addModule(workletUrl);
    const remover = new AudioWorkletNode(context, 'noise-remover', {
      channelCount: 1,
      channelCountMode: 'explicit',
      outputChannelCount: [1],
    });
    return new VoiceCleaner(context, remover, port);
  }

  /** Clean *track* from now on; returns what to send at this moment. */
  take(track: MediaStreamTrack | null): MediaStreamTrack | null {
    if (track !== this.track) this.join(track);
    return this.isCleaning ? (this.out.stream.getAudioTracks()[0] ?? track) : track;
  }

  close(): void {
    clearInterval(this.timer);
    this.context.onstatechange = this.remover.onprocessorerror = null;
    this.join(null);
    this.remover.port.postMessage('close');
    this.remover.disconnect();
    void this.context.close().catch(() => undefined);
  }

  private join(track: MediaStreamTrack | null): void {
    this.track = track;
    this.source?.disconnect();
    this.source = null;
    this.isCleaning = false;
    if (!track) {
      this.rest?.();
      this.rest = null;
      return;
    }
    try {
      this.source = this.context.createMediaStreamSource(new MediaStream([track]));
      this.source.connect(this.remover);
    } catch {
      // Firefox joins no microphone to a context of another rate (bugzilla 1674892). Not at once: the caller is about to send.
      void Promise.resolve().then(() => this.port.onTrouble('rate'));
      return;
    }
    this.rest ??= this.port.keepRunning(this.context);
    this.looks = 0;
    this.isCleaning = this.canClean;
  }

  private get canClean(): boolean {
    return this.isReady && this.source !== null && this.context.state === 'running';
  }

  private follow(): void {
    if (this.canClean === this.isCleaning || !this.source) return;
    this.isCleaning = this.canClean;
    this.looks = 0;
    this.port.onChange(this.isCleaning);
  }

  /** The clock of a context that runs goes on, and its worklet has begun after a while. */
  private look(): void {
    const { context } = this;
    const isFine = context.currentTime > this.lastSeconds && this.isReady;
    this.lastSeconds = context.currentTime;
    this.looks = isFine || !this.source || context.state !== 'running' ? 0 : this.looks + 1;
    if (this.looks >= (this.isReady ? FROZEN_LOOKS_MAX : BEGIN_LOOKS_MAX)) this.port.onTrouble('failed');
  }
}
