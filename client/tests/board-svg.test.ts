// The board as an SVG: what is drawn is in it, and nothing that a person wrote is more than text.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readShape } from '../src/classroom/board-shapes';
import { boardToSvg, isRightToLeft } from '../src/classroom/board-svg';
import { anyValue, jpegOf, PICTURE, SHAPES, STROKE, TEXT } from './board-drawings';

const TAGS = /<\/?[^>]*>/g;
const TAG = /^<(\/?(svg|text|tspan)|rect|path|image|svg|text|tspan)( [\w:-]+="[^"<>]*")*\/?>$/;

test('every kind of shape is drawn', () => {
  const svg = boardToSvg([...SHAPES, { ...PICTURE, key: 'f', jpeg: jpegOf(30, 20) }]);

  for (const wanted of [
    '<path d="M',
    'stroke-linecap',
    '>el gato<',
    'fill="#d5d9e0"',
    'data:image/jpeg;base64,/9j',
  ])
    expect(svg).toContain(wanted);
});

test('an empty board is an empty picture', () => {
  expect(boardToSvg([])).toContain('viewBox="-24 -24 48 48"');
});

test('it is as large as what is on it', () => {
  expect(boardToSvg([PICTURE])).toContain('viewBox="-14 -4 348 248"');
});

test('markup is text', () => {
  const svg = boardToSvg([{ ...TEXT, text: '</text><script>alert("1")</script>&\u0000\ud800' }]);

  expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;</tspan>');
});

test('what is no JPEG, or claims to be enormous, is a grey place', () => {
  const svg = new TextEncoder().encode('<svg onload="alert(1)"/>');

  for (const jpeg of [svg, jpegOf(60_000, 60_000)])
    expect(boardToSvg([{ ...PICTURE, jpeg }])).not.toContain('<image');
});

test('Arabic and Hebrew begin on the right, also after a number', () => {
  expect(['قطة', '1. חתול', 'gato قطة', '123'].map(isRightToLeft)).toEqual([true, true, false, false]);
  expect(boardToSvg([{ ...TEXT, text: 'قطة' }])).toContain('direction="rtl" text-anchor="end"');
});

test('what lies above comes after what lies below', () => {
  const svg = boardToSvg([{ ...TEXT, z: 9 }, STROKE]);

  expect(svg.indexOf('<path')).toBeLessThan(svg.indexOf('<text'));
});

test('whatever the other page wrote, there are only the tags that are drawn here', () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 5 }), (values) => {
      const shapes = values.flatMap((value, index) => readShape(String(index), value) ?? []);

      for (const tag of boardToSvg(shapes).match(TAGS) ?? []) expect(tag).toMatch(TAG);
    }),
  );
});
