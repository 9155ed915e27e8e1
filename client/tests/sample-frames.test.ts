// Blocks in, frames between, blocks out: nothing is lost, and the delay is one frame.

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SampleFrames } from '../src/retouch/sample-frames';

const pass = (frames: SampleFrames, ...samples: number[]) => {
  const output = new Float32Array(samples.length);
  frames.pass(Float32Array.from(samples), output);
  return [...output];
};

test('what goes in comes out one frame later, changed, whatever the length of a block', () => {
  const blocks = fc.array(fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 9 }), { maxLength: 20 });
  fc.assert(
    fc.property(blocks, fc.integer({ min: 1, max: 6 }), (written, length) => {
      const frames = new SampleFrames(length, (frame) => {
        for (let at = 0; at < frame.length; at += 1) frame[at] = -(frame[at] ?? 0);
      });
      const read = written.flatMap((block) => pass(frames, ...block));

      const samples = written.flat();
      const delayed = [...new Array<number>(length).fill(0), ...samples.map((sample) => 0 - sample)];
      expect(read.map((sample) => sample + 0)).toEqual(
        delayed.slice(0, samples.length).map((sample) => sample + 0),
      );
    }),
  );
});

test('a frame is changed when it is full, and not before', () => {
  const change = vi.fn();
  const frames = new SampleFrames(480, change);
  for (let block = 0; block < 15; block += 1) pass(frames, ...new Array<number>(128).fill(1));

  expect(change).toHaveBeenCalledTimes(4);
  expect(change.mock.calls[0]?.[0]).toHaveLength(480);
});

test('no input is silence, and comes after what was there', () => {
  const frames = new SampleFrames(2, () => undefined);
  pass(frames, 1, 2);
  const output = new Float32Array(4);
  frames.pass(undefined, output);

  expect([...output]).toEqual([1, 2, 0, 0]);
});
