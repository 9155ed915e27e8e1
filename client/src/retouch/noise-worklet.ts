// Takes the noise out of a voice on the thread that makes the sound. A file of its own, from our own origin (voice-cleaner.ts).
// Law: it sends nothing anywhere; a model that fails ends the node, and the microphone's own sound is sent again.

import { FRAME_SAMPLES, NoiseModel } from './noise-model';
import { SampleFrames } from './sample-frames';

/** What lib.dom has no types for (Web Audio API §1.32). */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class NoiseRemover extends AudioWorkletProcessor {
  private readonly model = new NoiseModel();
  private readonly frames = new SampleFrames(FRAME_SAMPLES, (frame) => this.model.clean(frame));
  private isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.isOver = true;
    };
    this.port.postMessage('ready');
  }

  /** Called 375 times a second. False lets the browser take it down, with the model's memory. */
  process([input]: readonly Float32Array[][], [output]: readonly Float32Array[][]): boolean {
    if (output?.[0]) this.frames.pass(input?.[0], output[0]);
    return !this.isOver;
  }
}

registerProcessor('noise-remover', NoiseRemover);
