// What may come into the notes from a clipboard or another page.

import { expect, test } from 'vitest';
import {
  isBold,
  isBoldInNameOnly,
  isItalic,
  linkFrom,
  quietHtml,
  schema,
} from '../src/classroom/notes-schema';

test('a link without an address that may be opened is text', () => {
  expect(linkFrom('javascript:alert(1)')).toBe(false);
  expect(linkFrom('https://example.com/')).toEqual({ href: 'https://example.com/' });
});

test('values that another page invented are never drawn', () => {
  const link = schema.marks.link.create({ href: 'javascript:alert(1)' });
  const mark = schema.marks.highlight.create({ colour: 'x" onload="' });
  const heading = schema.nodes.heading.create({ level: '1><script>' });

  expect(schema.marks.link.spec.toDOM?.(link, true)).toEqual(['span', 0]);
  expect(schema.marks.highlight.spec.toDOM?.(mark, true)).toEqual([
    'mark',
    { 'data-colour': 'yellow', class: 'highlight-yellow' },
    0,
  ]);
  expect(schema.nodes.heading.spec.toDOM?.(heading)).toEqual(['h5', { dir: 'auto', 'data-level': 3 }, 0]);
});

test('a document from Google Docs is not bold as a whole', () => {
  const dom = (style: string | null) => ({
    getAttribute: (name: string) => (name === 'data-style' ? style : null),
  });

  expect(isBoldInNameOnly(dom('font-weight:normal;'))).toBe(true);
  expect(isBoldInNameOnly(dom(null))).toBe(false);
  const weights = ['400', '600', 'bold', '75', 'normal'].map((weight) =>
    dom(`color:red;font-weight:${weight}`),
  );
  expect(weights.map(isBold)).toEqual([false, true, true, false, false]);
  expect([dom('font-style: italic'), dom(null)].map(isItalic)).toEqual([true, false]);
});

test('styles and scripts have no effect before the schema reads what is pasted, and text stays as it is', () => {
  expect(
    quietHtml(
      '<style>p {}</style ><p style="color:red" onclick=\'a()\' id="x">The style = nice, on time=now</p>',
    ),
  ).toBe('<p data-style="color:red" data-onclick=\'a()\' id="x">The style = nice, on time=now</p>');
});

test('nothing of a picture, a table, a frame or a script is in the schema', () => {
  const tags = Object.values(schema.nodes).flatMap(({ spec }) => spec.parseDOM?.map(({ tag }) => tag) ?? []);

  expect(tags.filter((tag) => /img|svg|video|iframe|script|style|object/.test(tag ?? ''))).toEqual([]);
});
