// The notes without an editor are what the editor shows, and from a file comes nothing that it would not.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror';
import * as Y from 'yjs';
import {
  addBlocks,
  type Block,
  cutBlocks,
  readBlocks,
  receiveBlocks,
  type Span,
  sizeOf,
} from '../src/classroom/note-blocks';
import { cleanNotes } from '../src/classroom/notes-guard';
import { schema } from '../src/classroom/notes-schema';
import { NOTES_SIZE_MAX, notesOf } from '../src/classroom/notes-values';

const BLOCKS: readonly Block[] = [
  { kind: 'heading', level: 2, spans: [{ text: 'Los animales' }] },
  {
    kind: 'paragraph',
    spans: [
      { text: 'El ' },
      { text: 'gato', strong: true, highlight: 'green' },
      { text: '\n' },
      { text: 'aquí', em: true, href: 'https://example.com/' },
    ],
  },
  {
    kind: 'bullets',
    items: [
      [
        { kind: 'paragraph', spans: [{ text: 'uno' }] },
        { kind: 'numbers', items: [[{ kind: 'paragraph', spans: [{ text: 'dos' }] }]] },
      ],
    ],
  },
  { kind: 'quote', blocks: [{ kind: 'paragraph', spans: [{ text: 'dicho' }] }] },
];

function put(blocks: readonly Block[]): Y.XmlFragment {
  const notes = notesOf(new Y.Doc());
  addBlocks(notes, blocks);
  return notes;
}

test('what is put into notes is read again, and the guard has nothing to take away', () => {
  const notes = put(BLOCKS);
  const before = notes.toString();

  cleanNotes(notes);

  expect(notes.toString()).toBe(before);
  expect(readBlocks(notes)).toEqual(BLOCKS);
  expect(() => yXmlFragmentToProseMirrorRootNode(notes, schema).check()).not.toThrow();
});

test('a file’s blocks are read as they were written', () => {
  expect(receiveBlocks(JSON.parse(JSON.stringify(BLOCKS)), 'notes')).toEqual(BLOCKS);
});

test('elements, marks and values that the schema does not know are left out; the text stays', () => {
  const notes = notesOf(new Y.Doc());
  const [script, heading] = [new Y.XmlElement('script'), new Y.XmlElement('heading')];
  const text = new Y.XmlText('hola');
  notes.insert(0, [script, heading, new Y.XmlText('bare')]);
  heading.setAttribute('level', '9"');
  heading.insert(0, [text]);
  text.format(0, 4, {
    link: { href: 'javascript:alert(1)' },
    blink: {},
    highlight: { colour: 'x"y' },
    strong: {},
  });

  expect(readBlocks(notes)).toEqual([{ kind: 'heading', level: 1, spans: [{ text: 'hola', strong: true }] }]);
});

const paragraph = (text: string): Block => ({ kind: 'paragraph', spans: [{ text }] });
const nest = (depth: number): Block =>
  depth === 0 ? paragraph('x') : { kind: 'quote', blocks: [nest(depth - 1)] };

test.each([
  ['no list', {}],
  ['another kind', [{ kind: 'script', spans: [] }]],
  ['a level of another page', [{ kind: 'heading', level: 9, spans: [] }]],
  ['spans that are none', [{ kind: 'paragraph', spans: 'x' }]],
  ['a text that is none', [{ kind: 'paragraph', spans: [{ text: 7 }] }]],
  ['items that are none', [{ kind: 'bullets', items: {} }]],
  ['nothing', [null]],
  ['a text without end', [paragraph('x'.repeat(NOTES_SIZE_MAX))]],
  ['empty blocks without end', Array.from({ length: NOTES_SIZE_MAX }, () => paragraph(''))],
  ['empty items without end', [{ kind: 'bullets', items: Array.from({ length: NOTES_SIZE_MAX }, () => []) }]],
  ['blocks in blocks in blocks', [nest(16)]],
  ['blocks a thousand deep', [nest(1_000)]],
])('%s is refused', (_name, value) => {
  expect(() => receiveBlocks(value, 'notes')).toThrow();
});

test('an address that may not be opened and a colour of another page are left out', () => {
  const spans = [{ text: 'x', href: 'javascript:alert(1)', highlight: 'url(x)', strong: 'yes' }];

  expect(receiveBlocks([{ kind: 'paragraph', spans }], 'notes')).toEqual([paragraph('x')]);
});

const span: fc.Arbitrary<Span> = fc
  .record({ text: fc.string({ unit: 'grapheme', minLength: 1 }), strong: fc.boolean(), em: fc.boolean() })
  .map(({ text, strong, em }) => ({ text, ...(strong && { strong }), ...(em && { em }) }));
const blocks = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('paragraph' as const), spans: fc.array(span, { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('quote' as const),
      blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constantFrom('bullets' as const, 'numbers' as const),
      items: fc.array(fc.array(tie('block'), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).block;

test('any notes go through a file and into other notes, which stay notes for the editor', () => {
  fc.assert(
    fc.property(fc.array(blocks, { maxLength: 5 }), (some) => {
      const first = readBlocks(put(some));
      const second = readBlocks(put(receiveBlocks(JSON.parse(JSON.stringify(first)), 'notes')));

      expect(second).toEqual(first);
    }),
    { numRuns: 100 },
  );
});

test('of more than notes may have, the beginning is taken', () => {
  const many = Array.from({ length: 30 }, () => paragraph('x'.repeat(10_000)));

  const cut = cutBlocks(many);

  expect(cut.length).toBe(19);
  expect(sizeOf(cut)).toBeLessThanOrEqual(NOTES_SIZE_MAX);
  expect(cutBlocks(BLOCKS)).toBe(BLOCKS);
});
