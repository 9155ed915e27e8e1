import { expect, test } from 'vitest';
import { chooseCodec, HARDWARE_CODECS } from '../src/call/transport/codec-choice';

const all = () => true;

test('the newest codec that both do in hardware', () => {
  expect(chooseCodec(['AV1', 'VP9', 'H264'], ['AV1', 'VP9', 'H264'], all)).toBe('AV1');
  expect(chooseCodec(['VP9', 'H264'], ['AV1', 'VP9', 'H264'], all)).toBe('VP9');
});

test('AV1 and VP9 in the software of one side cost more than they save', () => {
  expect(chooseCodec(['AV1', 'VP9'], [], all)).toBeNull();
});

test('H.264 for a side that has it in hardware, as Safari does', () => {
  expect(chooseCodec([], ['H264'], all)).toBe('H264');
  expect(chooseCodec(['H264'], [], all)).toBe('H264');
});

test('where one side does not say what it does well, the order stays', () => {
  expect(chooseCodec(null, ['H264'], all)).toBeNull();
  expect(chooseCodec(['H264'], null, all)).toBeNull();
  expect(chooseCodec([], [], all)).toBeNull();
});

test('only what is offered', () => {
  expect(chooseCodec(['AV1', 'H264'], ['AV1', 'H264'], (name) => name !== 'AV1')).toBe('H264');
});

test('both sides choose the same, whoever answers', () => {
  const lists = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
    HARDWARE_CODECS.filter((_, index) => bits & (1 << index)),
  );

  for (const own of lists)
    for (const theirs of lists) expect(chooseCodec(own, theirs, all)).toBe(chooseCodec(theirs, own, all));
});
