// What is drawn of a frame, with and without a mask. The picture itself is in the browser's test (tests/browser/test_blur.py).

import { beforeEach, expect, test, vi } from 'vitest';
import { BlurPainter, decide, mixMasks } from '../src/retouch/blur-painter';
import type { Segmenter } from '../src/retouch/segmenter';

class Sheet {
  width = 1;
  height = 1;
  readonly drawn: string[] = [];
  readonly pen = {
    canvas: this as Sheet,
    filter: 'none',
    globalCompositeOperation: 'source-over',
    drawImage: (from: Sheet | 'frame', ..._at: number[]) =>
      this.drawn.push(`${this.pen.globalCompositeOperation} ${sheets.indexOf(from as Sheet)}`),
    getImageData: () => ({ data: new Uint8ClampedArray(4) }),
    putImageData: (pixels: { data: Uint8ClampedArray }) => this.drawn.push(`mask ${pixels.data.join()}`),
  };
  constructor() {
    sheets.push(this);
  }
  getContext = () => this.pen;
}

let sheets: Sheet[];
const frame = { displayWidth: 640, displayHeight: 480, timestamp: 7 } as VideoFrame;

beforeEach(() => {
  sheets = [];
  vi.stubGlobal('OffscreenCanvas', Sheet);
  vi.stubGlobal(
    'VideoFrame',
    class {
      constructor(
        readonly of: Sheet,
        readonly settings: object,
      ) {}
    },
  );
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    },
  );
});

const person = (surely: number) => {
  const segment = vi.fn(() => Float32Array.of(surely));
  return { segmenter: { rows: 1, columns: 1, segment } as unknown as Segmenter, segment };
};

test('before there is a model the whole frame is blurred, and nothing of it is drawn sharp', () => {
  const painted = new BlurPainter().paint(frame, true, 1_280) as unknown as { of: Sheet; settings: object };
  const [whole, blurred] = sheets;

  expect(painted).toMatchObject({ of: whole, settings: { timestamp: 7, alpha: 'discard' } });
  expect(whole).toMatchObject({ width: 640, height: 480, drawn: ['copy 1'] });
  expect(blurred).toMatchObject({ width: 160, height: 120, pen: { filter: 'blur(4px)' } });
});

test('with one the person is cut out of the frame, and the blur lies behind', () => {
  const painter = new BlurPainter();
  painter.segmenter = person(1).segmenter;
  painter.paint(frame, true, 1_280);

  expect(sheets[0]?.drawn).toEqual(['copy 2', 'source-in -1', 'destination-over 1']);
  expect(sheets[2]?.drawn).toEqual(['mask 0,0,0,255']);
});

test('what is drawn is no wider than it may be, and keeps its shape', () => {
  new BlurPainter().paint(frame, true, 320);

  expect(sheets[0]).toMatchObject({ width: 320, height: 240 });
});

test('a frame that is not due keeps the last mask, but for another camera', () => {
  const painter = new BlurPainter();
  const { segmenter, segment } = person(1);
  painter.segmenter = segmenter;
  for (const isDue of [true, false, false]) painter.paint(frame, isDue, 1_280);

  expect(segment).toHaveBeenCalledTimes(1);

  painter.forget();
  painter.paint(frame, false, 1_280);

  expect(segment).toHaveBeenCalledTimes(2);
});

test.each([
  [0, 0],
  [0.4, 0],
  [0.6, 0.5],
  [0.9, 1],
])('surely %f a person: %f of it is sharp', (surely, sharp) => {
  expect(decide(surely)).toBeCloseTo(sharp);
});

test('a mask keeps a part of the one before, and is never the segmenter’s own place', () => {
  const found = Float32Array.of(1);
  const first = mixMasks(null, found);

  expect(first).not.toBe(found);

  found[0] = 0;

  expect(mixMasks(first, found)[0]).toBeCloseTo(0.35);
});
