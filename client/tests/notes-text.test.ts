// The notes as HTML and as Markdown.

import { expect, test } from 'vitest';
import type { Block } from '../src/classroom/note-blocks';
import { writeNotesHtml, writeNotesMarkdown } from '../src/classroom/notes-text';

const BLOCKS: readonly Block[] = [
  { kind: 'heading', level: 1, spans: [{ text: 'Ser y estar' }] },
  {
    kind: 'paragraph',
    spans: [
      { text: 'La ', em: true },
      { text: 'sopa', strong: true, highlight: 'pink' },
      { text: '\n2 * 3 <b>' },
      { text: 'aquí', href: 'https://example.com/?a=1&b="2"' },
    ],
  },
  {
    kind: 'numbers',
    items: [
      [{ kind: 'paragraph', spans: [{ text: 'uno' }] }],
      [
        { kind: 'paragraph', spans: [{ text: 'dos' }] },
        { kind: 'bullets', items: [[{ kind: 'paragraph', spans: [{ text: 'tres' }] }]] },
      ],
    ],
  },
  { kind: 'quote', blocks: [{ kind: 'paragraph', spans: [{ text: '# no heading' }] }] },
];

test('as HTML', () => {
  expect(writeNotesHtml(BLOCKS).markup).toBe(
    '<h3 dir="auto">Ser y estar</h3>\n' +
      '<p dir="auto"><em>La </em><mark class="pink"><strong>sopa</strong></mark><br>2 * 3 &lt;b&gt;' +
      '<a href="https://example.com/?a=1&amp;b=&quot;2&quot;" rel="noopener noreferrer nofollow">aquí</a></p>\n' +
      '<ol dir="auto"><li dir="auto"><p dir="auto">uno</p>\n</li>\n<li dir="auto"><p dir="auto">dos</p>\n' +
      '<ul dir="auto"><li dir="auto"><p dir="auto">tres</p>\n</li>\n</ul>\n</li>\n</ol>\n' +
      '<blockquote dir="auto"><p dir="auto"># no heading</p>\n</blockquote>\n',
  );
});

test('as Markdown, of which no sign is a person’s', () => {
  expect(writeNotesMarkdown(BLOCKS)).toBe(
    '# Ser y estar\n\n' +
      '*La* <mark>**sopa**</mark>\\\n2 \\* 3 \\<b\\>[aquí](<https://example.com/?a=1&b="2">)\n\n' +
      '1. uno\n2. dos\n\n   - tres\n\n' +
      '> \\# no heading\n',
  );
});

test('levels stand below the page’s own, and each is written', () => {
  const headings: Block[] = [1, 2, 3].map((level) => ({ kind: 'heading', level, spans: [{ text: 'x' }] }));

  expect(writeNotesHtml(headings).markup).toBe(
    '<h3 dir="auto">x</h3>\n<h4 dir="auto">x</h4>\n<h5 dir="auto">x</h5>\n',
  );
  expect(writeNotesMarkdown(headings)).toBe('# x\n\n## x\n\n### x\n');
});

test('spaces around a word in bold stand outside of the signs, however many stand within', () => {
  const spaces = ' '.repeat(200_000);
  const spans = [{ text: `\n a${spaces}b \u00a0`, strong: true }] as const;

  expect(writeNotesMarkdown([{ kind: 'paragraph', spans }])).toBe(`\\\n **a${spaces}b** \u00a0\n`);
});
