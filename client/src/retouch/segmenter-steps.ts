// What the steps of a segmenter do that are no long sums (kernels.wat has those). Pure, but for the place that each fills.

/** Numbers by row, column and channel, in the memory that is shared with the kernels; *at* is its address. */
export interface Place {
  readonly at: number;
  readonly numbers: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

export function rectify({ numbers: from }: Place, { numbers: to }: Place): void {
  for (let at = 0; at < to.length; at += 1) to[at] = Math.max(from[at] ?? 0, 0);
}

/** Howard et al., Searching for MobileNetV3, §5.2. */
export function hardSwish({ numbers: from }: Place, { numbers: to }: Place): void {
  for (let at = 0; at < to.length; at += 1) {
    const value = from[at] ?? 0;
    to[at] = (value * Math.min(Math.max(value + 3, 0), 6)) / 6;
  }
}

export function logistic({ numbers: from }: Place, { numbers: to }: Place): void {
  for (let at = 0; at < to.length; at += 1) to[at] = 1 / (1 + Math.exp(-(from[at] ?? 0)));
}

export function add({ numbers: a }: Place, { numbers: b }: Place, { numbers: to }: Place): void {
  for (let at = 0; at < to.length; at += 1) to[at] = (a[at] ?? 0) + (b[at] ?? 0);
}

/** *by* has one number for each channel. */
export function multiply({ numbers: from }: Place, { numbers: by }: Place, { numbers: to }: Place): void {
  for (let pixel = 0; pixel < to.length; pixel += by.length) {
    for (let channel = 0; channel < by.length; channel += 1) {
      to[pixel + channel] = (from[pixel + channel] ?? 0) * (by[channel] ?? 0);
    }
  }
}

/** Over the whole picture, each channel by itself. */
export function average({ numbers: from }: Place, { numbers: to, channels }: Place): void {
  to.fill(0);
  for (let pixel = 0; pixel < from.length; pixel += channels) {
    for (let channel = 0; channel < channels; channel += 1) {
      to[channel] = (to[channel] ?? 0) + (from[pixel + channel] ?? 0);
    }
  }
  for (let channel = 0; channel < channels; channel += 1) {
    to[channel] = ((to[channel] ?? 0) * channels) / from.length;
  }
}

/** To twice the size, bilinear, with the centres of the pixels at their halves. */
export function double(from: Place, to: Place): void {
  const { channels } = from;
  for (let row = 0; row < to.rows; row += 1) {
    const down = findNeighbours(row, from.rows);
    for (let column = 0; column < to.columns; column += 1) {
      const across = findNeighbours(column, from.columns);
      const a = (down.near * from.columns + across.near) * channels;
      const b = (down.near * from.columns + across.far) * channels;
      const c = (down.far * from.columns + across.near) * channels;
      const d = (down.far * from.columns + across.far) * channels;
      const at = (row * to.columns + column) * channels;
      for (let channel = 0; channel < channels; channel += 1) {
        to.numbers[at + channel] =
          0.5625 * (from.numbers[a + channel] ?? 0) +
          0.1875 * ((from.numbers[b + channel] ?? 0) + (from.numbers[c + channel] ?? 0)) +
          0.0625 * (from.numbers[d + channel] ?? 0);
      }
    }
  }
}

/** Three quarters come from the near one, a quarter from the far one; at the edge both are the same. */
function findNeighbours(at: number, length: number): { readonly near: number; readonly far: number } {
  const near = at >> 1;
  return { near, far: Math.min(Math.max(near + (at & 1 ? 1 : -1), 0), length - 1) };
}

/** Lay the square of *size* around each pixel that *stride* meets in a row: its sum is a kernel's then. Outside is 0. */
export function spread(from: Place, to: Place, size: number, stride: number, before: number): void {
  const { numbers, channels, rows, columns } = from;
  let at = 0;
  for (let row = 0; row < to.rows; row += 1) {
    for (let column = 0; column < to.columns; column += 1) {
      for (let part = 0; part < size * size; part += 1) {
        const y = row * stride + Math.trunc(part / size) - before;
        const x = column * stride + (part % size) - before;
        const isInside = y >= 0 && y < rows && x >= 0 && x < columns;
        const pixel = (y * columns + x) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          to.numbers[at] = isInside ? (numbers[pixel + channel] ?? 0) : 0;
          at += 1;
        }
      }
    }
  }
}

/** Each pixel becomes a square of four, of one channel (MediaPipe's transpose_conv_bias.cc, for a stride of its size). */
export function grow(from: Place, weights: Place, bias: Place, to: Place): void {
  const { channels } = from;
  for (let row = 0; row < to.rows; row += 1) {
    for (let column = 0; column < to.columns; column += 1) {
      const pixel = ((row >> 1) * from.columns + (column >> 1)) * channels;
      const part = ((row & 1) * 2 + (column & 1)) * channels;
      let sum = bias.numbers[0] ?? 0;
      for (let channel = 0; channel < channels; channel += 1) {
        sum += (from.numbers[pixel + channel] ?? 0) * (weights.numbers[part + channel] ?? 0);
      }
      to.numbers[row * to.columns + column] = sum;
    }
  }
}
