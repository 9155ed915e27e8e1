// A caption as bytes: what is written is read, and rubbish is nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CAPTION_CHARACTERS_MAX,
  type Caption,
  cleanLine,
  cutCaption,
  divideCaption,
  keepEnd,
  readCaption,
  writeCaption,
} from '../src/classroom/caption-frame';

const BASE: Caption = { number: 7, isFinal: true, language: 'es-ES', text: '¿Dónde está el murciélago?' };
const anyText = fc.string({ unit: 'grapheme', maxLength: 800 });

test('what is written is read', () => {
  const anyCaption = fc.record({
    number: fc.nat(4_294_967_295),
    isFinal: fc.boolean(),
    language: fc.constantFrom('', 'es', 'ar-SA', 'cmn-Hans-CN'),
    text: anyText.map(cleanLine),
  });
  fc.assert(
    fc.property(anyCaption, (caption) => {
      expect(readCaption(writeCaption(caption))).toEqual(caption);
    }),
  );
});

test('any bytes at all are a caption of one line, or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const caption = readCaption(bytes);
      expect(caption === null || caption.text === cleanLine(caption.text)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['too short for a header', new Uint8Array(5)],
  ['a tag that is longer than all of it', Uint8Array.of(0, 0, 0, 0, 1, 200, 101)],
  ['text that is no UTF-8', Uint8Array.of(1, 0, 0, 0, 1, 0, 0xff, 0xfe)],
])('%s is no caption', (_, bytes) => {
  expect(readCaption(bytes)).toBeNull();
});

test('a tag that is none is left out', () => {
  const odd = { ...BASE, language: 'es"><script>' };

  expect(readCaption(writeCaption(odd))).toEqual({ ...BASE, language: '' });
});

test('controls, line breaks and what turns the direction of a text are spaces', () => {
  const odd = { ...BASE, text: ' a\n\u0000b\u202e c\u2067\u009fd ' };

  expect(readCaption(writeCaption(odd))?.text).toBe('a b c d');
});

describe('the bound', () => {
  const long = '\u{1f600}'.repeat(10_000);

  test('ten thousand characters are cut between two of them', () => {
    expect(cutCaption(long)).toBe('\u{1f600}'.repeat(CAPTION_CHARACTERS_MAX));
    expect(keepEnd(`${long}end`)).toBe(`${'\u{1f600}'.repeat(CAPTION_CHARACTERS_MAX - 3)}end`);
  });

  test('a text within it stays', () => {
    const just = '\u{1f600}'.repeat(CAPTION_CHARACTERS_MAX);

    expect([cutCaption(just), keepEnd(just), ...divideCaption(just)]).toEqual([just, just, just]);
  });

  test('a long speech is divided, and no word is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 200 }), (words) => {
        const speech = cleanLine(words.join(' '));
        const pieces = divideCaption(speech);

        expect(pieces.join(' ').replace(/ /g, '')).toBe(speech.replace(/ /g, ''));
        for (const piece of pieces) {
          expect(Array.from(piece).length).toBeLessThanOrEqual(CAPTION_CHARACTERS_MAX);
        }
      }),
    );
  });

  test('a speech without a space is divided where it must be', () => {
    expect(divideCaption('字'.repeat(1_200)).map(({ length }) => length)).toEqual([500, 500, 200]);
  });

  test('nothing that was said is one empty caption, which takes the interim one away', () => {
    expect(divideCaption('')).toEqual(['']);
  });
});
