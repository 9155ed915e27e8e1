// The blurring thread, as the page sees it: cameras in, one track out. Law: its track shows nothing sharp; it is never the camera's own.

import modelUrl from '@mediapipe/selfie_segmentation/selfie_segmentation.tflite?url';
import { type BlurNews, type BlurRequest, frameStreams } from './blur-rules';
import workerUrl from './blur-worker?worker&url';

const LOOK_EVERY_MS = 1_000;

/** The thread says that it lives as often. A busy device may be late. */
const SILENT_LOOKS_MAX = 5;

/** 250 KB, on the slowest line that carries a call. */
const LOAD_MS_MAX = 60_000;

/** Why there is no blur any more. */
export type BlurTrouble = Exclude<BlurNews, 'alive'>;

export class BackgroundBlur {
  private camera: MediaStreamTrack | null = null;
  private silentLooks = 0;
  private isOver = false;
  private readonly worker = new Worker(workerUrl);
  private readonly blurred: MediaStreamTrack;
  private readonly timer: ReturnType<typeof setInterval>;

  /** Throws where the browser cannot (`canBlur`). *onTrouble* is told once; the caller closes it then. */
  constructor(private readonly onTrouble: (trouble: BlurTrouble) => void) {
    const { MediaStreamTrackGenerator } = frameStreams();
    if (!MediaStreamTrackGenerator) throw new Error('no frames here');
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    this.blurred = generator;
    this.worker.onmessage = ({ data }: MessageEvent<BlurNews>) => this.receive(data);
    this.worker.onerror = () => this.end('failed');
    this.ask({ kind: 'begin', sent: generator.writable }, [generator.writable]);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    void this.load();
  }

  /** Blur *camera* from now on; returns what to send in its place. */
  take(camera: MediaStreamTrack | null): MediaStreamTrack | null {
    if (camera !== this.camera) this.join(camera);
    return camera && this.blurred;
  }

  close(): void {
    clearInterval(this.timer);
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate();
    this.blurred.stop();
  }

  private join(track: MediaStreamTrack | null): void {
    this.camera = track;
    const { MediaStreamTrackProcessor } = frameStreams();
    const camera =
      track && MediaStreamTrackProcessor
        ? new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable
        : null;
    this.ask({ kind: 'camera', camera }, camera ? [camera] : []);
  }

  private async load(): Promise<void> {
    try {
      const answer = await fetch(modelUrl, { signal: AbortSignal.timeout(LOAD_MS_MAX) });
      if (!answer.ok) throw new Error(`the model: ${answer.status}`);
      const model = await answer.arrayBuffer();
      this.ask({ kind: 'model', model }, [model]);
    } catch {
      this.end('failed');
    }
  }

  private ask(request: BlurRequest, given: Transferable[]): void {
    this.worker.postMessage(request, given);
  }

  private receive(news: BlurNews): void {
    this.silentLooks = 0;
    if (news !== 'alive') this.end(news);
  }

  /** Looks are counted, not time: a device that slept has not been silent. */
  private look(): void {
    this.silentLooks += 1;
    if (this.silentLooks > SILENT_LOOKS_MAX) this.end('failed');
  }

  private end(trouble: BlurTrouble): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onTrouble(trouble);
  }
}
