// Reads a neural network from a file of TensorFlow Lite (its schema.fbs): what is computed, in which order, with which weights. Pure.
// Law: a file that is not whole, or that asks for what segmenter.ts cannot do, throws.

/** Numbers at one place of the network. *shape* is batch, rows, columns, channels; *weights* are those that the file brings. */
interface Tensor {
  readonly shape: readonly number[];
  readonly weights: Float32Array | null;
}

/** By `BuiltinOperator` of the schema, or by the name of what MediaPipe adds to it. */
const KINDS = {
  0: 'add',
  1: 'average',
  3: 'convolve',
  4: 'slide',
  6: 'widen',
  14: 'logistic',
  18: 'multiply',
  19: 'rectify',
  23: 'double',
  117: 'hard-swish',
  Convolution2DTransposeBias: 'grow',
} as const;

export interface Step {
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  /** Numbers of tensors. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** The second number of a convolution's options. Its other numbers follow from the shapes. */
  readonly stride: number;
}

export interface Model {
  readonly tensors: readonly Tensor[];
  readonly steps: readonly Step[];
  readonly input: number;
  readonly output: number;
}

const CUSTOM = 32;
const FLOAT_16 = 1;

export function readModel(bytes: ArrayBuffer): Model {
  const view = new DataView(bytes);
  const file = new Table(view, view.getUint32(0, true));
  const [graph] = file.tables(2);
  if (!graph) throw new Error('a model without a graph');
  const stored = file.tables(4).map((buffer) => buffer.bytes(0));
  const tensors = graph.tables(0).map((tensor) => ({
    shape: tensor.int32s(0),
    weights: readWeights(stored[tensor.int32(2)], tensor.int8(1)),
  }));
  const kinds = file.tables(1).map(readKind);
  const widened = new Map<number, Float32Array | null>();
  const steps: Step[] = [];
  for (const operator of graph.tables(3)) {
    const kind = kinds[operator.int32(0)];
    const inputs = operator.int32s(1);
    const output = operator.int32s(2)[0] ?? -1;
    if (!kind || !tensors[output] || inputs.some((input) => !tensors[input]))
      throw new Error(`no ${kind} here`);
    // The weights are stored in half of their bits, and are read in all of them.
    if (kind === 'widen') widened.set(output, tensors[inputs[0] ?? -1]?.weights ?? null);
    else steps.push({ kind, inputs, output, stride: operator.table(4)?.int32(1) ?? 0 });
  }
  return {
    tensors: tensors.map(({ shape, weights }, index) => ({ shape, weights: widened.get(index) ?? weights })),
    steps,
    input: graph.int32s(1)[0] ?? -1,
    output: graph.int32s(2)[0] ?? -1,
  };
}

function readKind(code: Table): Step['kind'] {
  const number = code.int8(0);
  const name = number === CUSTOM ? new TextDecoder().decode(code.bytes(1)) : number;
  const kind = (KINDS as Readonly<Record<string, Step['kind']>>)[name];
  if (!kind) throw new Error(`a step that is not known: ${name}`);
  return kind;
}

/** Weights of 32 bits, as sizes are, stay unread here: the shapes say the same. */
function readWeights(stored: DataView | undefined, type: number): Float32Array | null {
  if (!stored || stored.byteLength === 0 || type !== FLOAT_16) return null;
  return Float32Array.from({ length: stored.byteLength / 2 }, (_, at) =>
    readHalf(stored.getUint16(2 * at, true)),
  );
}

/** IEEE 754 §3.6: one bit of sign, five of exponent, ten of fraction. */
export function readHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** One table of a FlatBuffer, by the numbers of its fields. A field that was left out is 0, or empty. */
class Table {
  private readonly fields: number;

  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {
    this.fields = at - view.getInt32(at, true);
  }

  int8(field: number): number {
    const at = this.find(field);
    return at ? this.view.getUint8(at) : 0;
  }

  int32(field: number): number {
    const at = this.find(field);
    return at ? this.view.getInt32(at, true) : 0;
  }

  table(field: number): Table | null {
    const at = this.find(field);
    return at ? new Table(this.view, this.follow(at)) : null;
  }

  tables(field: number): Table[] {
    return this.list(field, (at) => new Table(this.view, this.follow(at)));
  }

  int32s(field: number): number[] {
    return this.list(field, (at) => this.view.getInt32(at, true));
  }

  bytes(field: number): DataView {
    const at = this.find(field);
    if (!at) return new DataView(new ArrayBuffer(0));
    const list = this.follow(at);
    return new DataView(this.view.buffer, list + 4, this.view.getUint32(list, true));
  }

  private list<T>(field: number, read: (at: number) => T): T[] {
    const at = this.find(field);
    if (!at) return [];
    const list = this.follow(at);
    const length = this.view.getUint32(list, true);
    if (length * 4 > this.view.byteLength) throw new Error('a list longer than its file');
    return Array.from({ length }, (_, index) => read(list + 4 + 4 * index));
  }

  private find(field: number): number {
    const place = 4 + 2 * field;
    if (place >= this.view.getUint16(this.fields, true)) return 0;
    const offset = this.view.getUint16(this.fields + place, true);
    return offset && this.at + offset;
  }

  private follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }
}
