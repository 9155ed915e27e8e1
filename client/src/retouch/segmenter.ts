// Tells for each pixel of a small picture how surely it is a person. Law: everything is laid out at the beginning, and a picture
// reserves nothing.

import { type Model, readModel, type Step } from './model-file';
import {
  add,
  average,
  double,
  grow,
  hardSwish,
  logistic,
  multiply,
  type Place,
  rectify,
  spread,
} from './segmenter-steps';

/** What kernels.wat exports; it says what they take. */
export interface Kernels {
  readonly mix: (...places: number[]) => void;
  readonly slide: (...places: number[]) => void;
}

const FLOAT_BYTES = 4;
const PAGE_BYTES = 65_536;
/** The kernels take so many pixels and channels at once, and addresses of so many bytes. */
const PIXELS = 4;
const CHANNELS = 4;
const ALIGNED_BYTES = 16;
/** Red, green and blue. */
const COLOURS = 3;

export class Segmenter {
  /** The size of the picture that it wants. */
  readonly rows: number;
  readonly columns: number;
  private readonly input: Float32Array;
  private readonly output: Float32Array;
  private readonly steps: readonly (() => void)[];

  /** *start* makes the kernels in a memory. Throws where the model is none of the kind. */
  constructor(model: ArrayBuffer, start: (memory: WebAssembly.Memory) => Kernels) {
    const layout = new Layout(readModel(model), start);
    const { rows, columns, channels, numbers } = layout.input;
    if (channels !== COLOURS || layout.output.numbers.length !== rows * columns) {
      throw new Error('a model of something else');
    }
    this.steps = layout.steps;
    this.output = layout.output.numbers;
    [this.rows, this.columns, this.input] = [rows, columns, numbers];
  }

  /** *pixels* are red, green, blue and alpha. The returned numbers, from 0 to 1, are good until the next call. */
  segment(pixels: Uint8ClampedArray): Float32Array {
    const { input } = this;
    for (let from = 0, to = 0; to < input.length; from += 4, to += COLOURS) {
      input[to] = (pixels[from] ?? 0) / 255;
      input[to + 1] = (pixels[from + 1] ?? 0) / 255;
      input[to + 2] = (pixels[from + 2] ?? 0) / 255;
    }
    for (const run of this.steps) run();
    return this.output;
  }
}

/** Gives each tensor its place in one memory, and makes of each step what does it. */
class Layout {
  readonly input: Place;
  readonly output: Place;
  readonly steps: readonly (() => void)[];
  private readonly places: readonly Place[];
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: Kernels;
  private next = ALIGNED_BYTES;

  constructor(model: Model, start: (memory: WebAssembly.Memory) => Kernels) {
    const bytes = model.tensors.reduce((sum, { shape }) => sum + FLOAT_BYTES * count(shape), 0);
    // Twice: convolutions lay their weights, and one its picture, a second time. What is not used is not there.
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((2 * bytes) / PAGE_BYTES) });
    this.places = model.tensors.map(({ shape, weights }) => {
      const [rows = 1, columns = 1, channels = shape[0] ?? 1] = shape.slice(1);
      const place = this.reserve(rows, columns, channels, shape.length > 1 ? shape[0] : 1);
      if (weights) place.numbers.set(weights);
      return place;
    });
    this.kernels = start(this.memory);
    this.input = this.place(model.input);
    this.output = this.place(model.output);
    this.steps = model.steps.map((step) => this.plan(step));
  }

  private plan({ kind, inputs, output, stride }: Step): () => void {
    const from = this.place(inputs[0]);
    const to = this.place(output);
    if (kind === 'average' && to.rows * to.columns > 1) throw new Error('an average of a part');
    if (kind === 'double' && to.rows !== 2 * from.rows) throw new Error(`${to.rows} rows of ${from.rows}`);
    const simple = SIMPLE[kind];
    if (simple) return () => simple(from, to);
    const by = this.place(inputs[1]);
    if (kind === 'add') return () => add(from, by, to);
    if (kind === 'multiply') return () => multiply(from, by, to);
    const bias = this.place(inputs[2]);
    if (kind === 'grow') return () => grow(from, by, bias, to);
    if (to.channels % CHANNELS !== 0) throw new Error(`${to.channels} channels`);
    const before = Math.max((to.rows - 1) * stride + by.rows - from.rows, 0) >> 1;
    return kind === 'slide'
      ? this.planSlide(from, by, bias, to, stride, before)
      : this.planConvolution(from, by, bias, to, stride, before);
  }

  private planSlide(from: Place, by: Place, bias: Place, to: Place, stride: number, before: number) {
    const row = FLOAT_BYTES * to.channels;
    const around = [by.at, by.rows, stride, before, bias.at] as const;
    return () =>
      this.kernels.slide(from.at, from.rows, from.columns, row, ...around, to.at, to.rows, to.columns);
  }

  private planConvolution(from: Place, by: Place, bias: Place, to: Place, stride: number, before: number) {
    const pixels = to.rows * to.columns;
    const taken = by.rows * by.columns * by.channels;
    // The file has them by what comes out; the kernel wants them by what goes in.
    const turned = this.reserve(1, taken, to.channels);
    for (let into = 0; into < to.channels; into += 1) {
      for (let of = 0; of < taken; of += 1) {
        turned.numbers[of * to.channels + into] = by.numbers[into * taken + of] ?? 0;
      }
    }
    const isPoint = by.rows === 1 && stride === 1;
    const laid = isPoint ? from : this.reserve(to.rows, to.columns, taken);
    const places = [
      laid.at,
      FLOAT_BYTES * taken,
      pixels,
      turned.at,
      bias.at,
      to.at,
      FLOAT_BYTES * to.channels,
    ];
    return () => {
      if (!isPoint) spread(from, laid, by.rows, stride, before);
      this.kernels.mix(...places);
    };
  }

  private place(tensor: number | undefined): Place {
    const place = this.places[tensor ?? -1];
    if (!place) throw new Error('a step without what it needs');
    return place;
  }

  private reserve(rows: number, columns: number, channels: number, times = 1): Place {
    const at = this.next;
    const pixels = times * rows * columns;
    // A kernel that takes four pixels reads and writes as many, also where there is one.
    this.next += FLOAT_BYTES * PIXELS * Math.ceil(pixels / PIXELS) * channels;
    const numbers = new Float32Array(this.memory.buffer, at, pixels * channels);
    return { at, rows, columns, channels, numbers };
  }
}

/** The steps that only have a picture in and a picture out. */
const SIMPLE: Partial<Record<Step['kind'], (from: Place, to: Place) => void>> = {
  average,
  double,
  'hard-swish': hardSwish,
  logistic,
  rectify,
};

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
