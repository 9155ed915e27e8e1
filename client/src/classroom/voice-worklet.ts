// Keeps the other's voice on the thread that makes the sound, and gives a copy when it is asked. A file of its own, from our own
// origin (voice-tap.ts). Law: what it hears goes nowhere else; its own output is silence.

import { VoiceRing } from './voice-ring';

/** What lib.dom has no types for (Web Audio API §1.32). */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

class VoiceKeeper extends AudioWorkletProcessor {
  private readonly ring = new VoiceRing(sampleRate);
  private isOver = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.receive(data);
  }

  /** Called 375 times a second. False lets the browser take it down. */
  process([input]: readonly (readonly Float32Array[])[]): boolean {
    if (input && input.length > 0 && !this.isOver) this.ring.write(input);
    return !this.isOver;
  }

  private receive(asked: unknown): void {
    if (asked === 'read') {
      const recording = this.ring.read();
      this.port.postMessage(recording, [recording.samples.buffer]);
    } else {
      this.ring.forget();
      this.isOver = asked === 'close';
    }
  }
}

registerProcessor('voice-keeper', VoiceKeeper);
