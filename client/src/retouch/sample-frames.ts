// Turns the blocks of a sound thread into the frames that a model wants, and back. Pure. Law: as many samples come out as go in, one
// frame later; nothing is reserved after the beginning.

export class SampleFrames {
  private filled: Float32Array;
  private changed: Float32Array;
  private at = 0;

  /** *change* writes over the frame of *length* samples that it gets. */
  constructor(
    length: number,
    private readonly change: (frame: Float32Array) => void,
  ) {
    this.filled = new Float32Array(length);
    this.changed = new Float32Array(length);
  }

  /** Take *input* (none is silence), and fill *output* with what came one frame ago, changed. */
  pass(input: Float32Array | undefined, output: Float32Array): void {
    for (let index = 0; index < output.length; index += 1) {
      output[index] = this.changed[this.at] ?? 0;
      this.filled[this.at] = input?.[index] ?? 0;
      this.at += 1;
      if (this.at === this.filled.length) this.turn();
    }
  }

  private turn(): void {
    const { filled, changed } = this;
    this.change(filled);
    this.filled = changed;
    this.changed = filled;
    this.at = 0;
  }
}
