// What two pages say about a recording: written and read, and rubbish is nothing.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer, readWish, writeAnswer, writeWish } from '../src/classroom/recording-frame';

const id = fc.nat(0xffffffff);

test('what is written is read', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('none', 'asks', 'records'),
      fc.constantFrom('none', 'yes', 'no'),
      id,
      (wish, answer, id) => {
        expect(readWish(writeWish({ word: wish, id }))).toEqual({ word: wish, id });
        expect(readAnswer(writeAnswer({ word: answer, id }))).toEqual({ word: answer, id });
      },
    ),
  );
});

test('less than a word and a number is nothing, and a word of a later version is none', () => {
  for (const read of [readWish, readAnswer]) {
    expect(read(new Uint8Array(4))).toBeNull();
    expect(read(Uint8Array.of(9, 0, 0, 0, 7))).toEqual({ word: 'none', id: 7 });
  }
});
