// Listens to the other's voice beside its way to the ear: the sound that is heard comes from the video element, and neither waits
// for this nor is changed by it.

import type { Recording } from './voice-ring';
import workletUrl from './voice-worklet?worker&url';

/** A context that sleeps may not answer. */
const ANSWER_MS_MAX = 2_000;

export class VoiceTap {
  private source: MediaStreamAudioSourceNode | null = null;
  private track: MediaStreamTrack | null = null;

  private constructor(
    private readonly context: AudioContext,
    private readonly keeper: AudioWorkletNode,
  ) {}

  /** Rejects where the browser does not load the worklet. */
  static async open(context: AudioContext): Promise<VoiceTap> {
    await context.audioWorklet.addModule(workletUrl);
    const keeper = new AudioWorkletNode(context, 'voice-keeper', { outputChannelCount: [1] });
    // Its silence goes to the speaker: a node that leads nowhere does not run in every browser.
    keeper.connect(context.destination);
    return new VoiceTap(context, keeper);
  }

  /** Keep the sound of *stream* from now on, after what is there; null keeps nothing new. */
  listen(stream: MediaStream | null): void {
    const [track = null] = stream?.getAudioTracks() ?? [];
    if (track === this.track) return;
    this.track = track;
    this.source?.disconnect();
    this.source = null;
    if (!track) return;
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.keeper);
  }

  /** Copy what is kept; null where the worklet does not answer. */
  read(): Promise<Recording | null> {
    const { port } = this.keeper;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS_MAX, null);
      port.onmessage = ({ data }) => {
        clearTimeout(timer);
        resolve(data);
      };
      port.postMessage('read');
    });
  }

  forget(): void {
    this.keeper.port.postMessage('forget');
  }

  /** Forget, and keep nothing any more. */
  close(): void {
    this.listen(null);
    this.keeper.port.postMessage('close');
    this.keeper.disconnect();
  }
}
