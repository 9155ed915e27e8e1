// Makes one recording: both pictures on a canvas, both voices in one sound, into a file as it comes. Law: between `start` and `stop`
// something is recorded, and at no other time; a failure keeps what there is.

import type { RecordingFile, RecordingWorker } from '../../classroom/recording-file';
import type { RecordingKind } from '../../classroom/recording-kind';
import type { RecordingMix } from '../../classroom/recording-mix';
import { type Film, paintFrame } from '../../classroom/recording-painter';
import { HEIGHT, WIDTH } from '../../classroom/recording-scene';

const FRAMES_PER_SECOND = 25;
const VIDEO_BITS = 1_500_000;
const AUDIO_BITS = 96_000;

/** What a page that dies loses, and how often the disk is written. */
const PIECE_MS = 1_000;

/** Where a player can begin (Chrome 2023; others choose). */
const KEYFRAME_MS = 5_000;

/** A recorder that has an error may never say that it has stopped. */
const STOP_MS_MAX = 3_000;

export interface RecorderParts {
  readonly kind: RecordingKind;
  readonly mix: RecordingMix;
  readonly worker: RecordingWorker | null;
  readonly file: RecordingFile;
  readonly film: () => Film;
  /** There is no more room, or the recorder cannot go on. */
  readonly onTrouble: (why: 'full' | 'failed') => void;
}

export class LessonRecorder {
  private readonly canvas = document.createElement('canvas');
  private readonly recorder: MediaRecorder;
  private readonly timer: ReturnType<typeof setInterval> | undefined;
  private written: Promise<void> = Promise.resolve();
  private hasTrouble = false;

  /** Throws where the browser cannot. */
  constructor(private readonly parts: RecorderParts) {
    const { canvas } = this;
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const paint = canvas.getContext('2d', { alpha: false });
    if (!paint) throw new Error('no canvas');
    const draw = () => this.recorder.state === 'recording' && paintFrame(paint, parts.film());
    paintFrame(paint, parts.film());
    const stream = canvas.captureStream(FRAMES_PER_SECOND);
    const { track } = parts.mix;
    if (track) stream.addTrack(track);
    const options: MediaRecorderOptions & { videoKeyFrameIntervalDuration: number } = {
      mimeType: parts.kind.type,
      videoBitsPerSecond: VIDEO_BITS,
      audioBitsPerSecond: AUDIO_BITS,
      videoKeyFrameIntervalDuration: KEYFRAME_MS,
    };
    this.recorder = new MediaRecorder(stream, options);
    this.recorder.ondataavailable = ({ data }) => this.take(data);
    this.recorder.onerror = () => this.tell('failed');
    this.recorder.start(PIECE_MS);
    if (parts.worker) {
      parts.worker.onBeat = draw;
      parts.worker.beat(1_000 / FRAMES_PER_SECOND);
    } else this.timer = setInterval(draw, 1_000 / FRAMES_PER_SECOND);
  }

  pause(): void {
    if (this.recorder.state === 'recording') this.recorder.pause();
  }

  resume(): void {
    if (this.recorder.state === 'paused') this.recorder.resume();
  }

  /** End it; resolves to the file. */
  async stop(): Promise<Blob> {
    const { recorder } = this;
    await new Promise<void>((resolve) => {
      recorder.onstop = () => resolve();
      setTimeout(resolve, STOP_MS_MAX);
      if (recorder.state === 'inactive') resolve();
      else recorder.stop();
    });
    clearInterval(this.timer);
    for (const track of recorder.stream.getTracks()) track.stop();
    this.parts.mix.close();
    await this.written;
    const file = await this.parts.file.finish();
    this.parts.worker?.end();
    return file;
  }

  /** One after the other: a Blob may be read sooner than the one before it. */
  private take(piece: Blob): void {
    if (piece.size === 0) return;
    this.written = this.written
      .then(() => new Response(piece).arrayBuffer())
      .then((bytes) => {
        if (!this.hasTrouble && !this.parts.file.write(bytes)) this.tell('full');
      })
      .catch(() => this.tell('failed'));
  }

  private tell(why: 'full' | 'failed'): void {
    if (this.hasTrouble) return;
    this.hasTrouble = true;
    this.parts.onTrouble(why);
  }
}
