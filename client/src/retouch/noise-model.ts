// RNNoise: a frame of sound in, the same frame without its noise out. Its memory is its own, and goes with it.

import createRnnoise from '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js';

/** 10 ms at 48 kHz: RNNoise knows no other frames. */
export const FRAME_SAMPLES = 480;

/** It was trained on 16-bit samples. */
const FULL_SCALE = 32_768;

export class NoiseModel {
  private readonly rnnoise = createRnnoise();
  private readonly state: number;
  private readonly frame: number;

  /** Throws where WebAssembly does not run. */
  constructor() {
    this.state = this.rnnoise._rnnoise_create(null);
    this.frame = this.rnnoise._malloc(FRAME_SAMPLES * Float32Array.BYTES_PER_ELEMENT);
    if (!this.state || !this.frame) throw new Error('RNNoise got no memory');
  }

  /** Write over *samples*. Throws once the model gives what is no number: it would go on with that for ever. */
  clean(samples: Float32Array): void {
    const { frame, rnnoise, state } = this;
    const at = frame / Float32Array.BYTES_PER_ELEMENT;
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      rnnoise.HEAPF32[at + index] = (samples[index] ?? 0) * FULL_SCALE;
    }
    rnnoise._rnnoise_process_frame(state, frame, frame);
    if (!Number.isFinite(rnnoise.HEAPF32[at])) throw new Error('RNNoise gave no number');
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      samples[index] = (rnnoise.HEAPF32[at + index] ?? 0) / FULL_SCALE;
    }
  }
}
