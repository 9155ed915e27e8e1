// Notes from a page that keeps no rules: what the schema does not know goes, what it knows stays, and writing goes on.

import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { LessonDocument } from '../src/classroom/lesson-document';
import { DEPTH_MAX, notesOf } from '../src/classroom/notes-values';
import { openNotes } from './notes-page';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('indexedDB', new IDBFactory());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function element(name: string, children: readonly (Y.XmlElement | Y.XmlText)[] = [], values: object = {}) {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value as string);
  made.insert(0, [...children]);
  return made;
}

function text(words: string, marks: object = {}): Y.XmlText {
  const made = new Y.XmlText();
  made.insert(0, words, marks);
  return made;
}

const said = (words: string) => element('paragraph', [text(words)]);

/** Open notes into which another page has put what *write* puts there, before they were open or after. */
function receive(write: (notes: Y.XmlFragment, doc: Y.Doc) => void, isOpenBefore: boolean): string {
  const hostile = new LessonDocument(() => undefined);
  const own = new LessonDocument(() => undefined);
  const open = () => openNotes({ doc: own.doc, moveCaret: () => undefined, hold: () => undefined });
  const early = isOpenBefore ? open() : null;
  write(notesOf(hostile.doc), hostile.doc);

  expect(own.receiveUpdate(hostile.readWhole())).toBe('taken');

  const page = early ?? open();
  const shown = page.shown();
  page.view.state.doc.check();
  page.view.select(1);
  page.view.type('mine');

  expect(notesOf(own.doc).toString()).toContain('mine');
  return shown;
}

const HOSTILE: readonly [string, (notes: Y.XmlFragment, doc: Y.Doc) => void, string][] = [
  [
    'an element that there is not',
    (notes) => notes.insert(0, [element('script', [text('x')]), said('ok')]),
    '',
  ],
  [
    'an element that calls itself text',
    (notes) => notes.insert(0, [element('paragraph', [element('text'), text('ok')])]),
    '',
  ],
  ['text outside a block', (notes) => notes.insert(0, [text('bare'), said('ok')]), ''],
  ['a hook', (notes) => notes.insert(0, [new Y.XmlHook('x') as unknown as Y.XmlElement, said('ok')]), ''],
  ['a map', (notes) => notes.insert(0, [new Y.Map() as unknown as Y.XmlElement, said('ok')]), ''],
  [
    'a list item outside a list',
    (notes) => notes.insert(0, [element('list_item', [said('x')]), said('ok')]),
    '',
  ],
  [
    'a picture in a text',
    (notes) => {
      const words = text('ok');
      words.insertEmbed(1, { image: 'https://elsewhere.example/x.png' });
      notes.insert(0, [element('paragraph', [words])]);
    },
    '',
  ],
  [
    'a mark that there is not',
    (notes) => notes.insert(0, [element('paragraph', [text('ok', { font: { size: 99 } })])]),
    '',
  ],
  [
    'a link that runs a script',
    (notes) =>
      notes.insert(0, [element('paragraph', [text('ok', { link: { href: 'javascript:alert(1)' } })])]),
    '',
  ],
  [
    'a colour that is a style',
    (notes) => notes.insert(0, [element('paragraph', [text('ok', { highlight: { colour: 'url(//x)' } })])]),
    '',
  ],
  [
    'a mark that is no object',
    (notes) => notes.insert(0, [element('paragraph', [text('ok', { strong: 7 })])]),
    '',
  ],
  [
    'values of a paragraph',
    (notes) => notes.insert(0, [element('paragraph', [text('ok')], { style: 'x' })]),
    '',
  ],
  [
    'a level that is markup',
    (notes) => notes.insert(0, [element('heading', [text('ok')], { level: '1><img src=x>' })]),
    'doc(heading("ok"))',
  ],
  ['a list without items', (notes) => notes.insert(0, [element('bullet_list'), said('ok')]), ''],
  [
    'a line break with content',
    (notes) => notes.insert(0, [element('paragraph', [element('hard_break', [said('x')])]), said('ok')]),
    'doc(paragraph(hard_break), paragraph("ok"))',
  ],
];

test.each(HOSTILE)('%s is not shown, and the rest is', (_what, write, shown) => {
  for (const isOpenBefore of [true, false])
    expect(receive(write, isOpenBefore)).toBe(shown || 'doc(paragraph("ok"))');
});

test('quotations in each other thirty deep are cut, and the page stands', () => {
  const nest = (notes: Y.XmlFragment) => {
    let inner = said('deep');
    for (let depth = 0; depth < 29; depth += 1) inner = element('blockquote', [inner]);
    notes.insert(0, [inner, said('ok')]);
  };
  for (const isOpenBefore of [true, false]) {
    const shown = receive(nest, isOpenBefore);

    expect(shown).toContain('ok');
    expect(shown.split('blockquote').length - 1).toBeLessThan(DEPTH_MAX);
  }
});

test('three thousand marks that there are not, and as many of a wrong colour, go from the texts', () => {
  const marks = Array.from({ length: 3_000 }, (_, each) => ({
    insert: 'x',
    attributes: { [`m${each}`]: true },
  }));
  const colours = marks.map((_, each) => ({ insert: 'x', attributes: { highlight: { colour: each } } }));
  const write = (notes: Y.XmlFragment) => {
    notes.insert(0, [said(''), said('')]);
    [marks, colours].forEach((delta, place) => {
      const [words] = (notes.get(place) as Y.XmlElement).toArray();
      (words as Y.XmlText).applyDelta(delta);
    });
  };
  const words = `paragraph("${'x'.repeat(3_000)}")`;
  for (const isOpenBefore of [true, false])
    expect(receive(write, isOpenBefore)).toBe(`doc(${words}, ${words})`);
});

test('ten thousand elements that there are not go', () => {
  const write = (notes: Y.XmlFragment) => {
    const odd = Array.from({ length: 10_000 }, (_, place) => element(place % 2 ? 'script' : 'text'));
    notes.insert(0, [...odd, said('ok')]);
  };
  for (const isOpenBefore of [true, false]) expect(receive(write, isOpenBefore)).toBe('doc(paragraph("ok"))');
});

const NAMES = [
  'paragraph',
  'heading',
  'blockquote',
  'bullet_list',
  'list_item',
  'hard_break',
  'doc',
  'text',
  'constructor',
  'x',
];
const MARKS = ['strong', 'link', 'highlight', 'y', 'constructor', 'hasOwnProperty', 'strong--AAAAAAAA'];
/** What a page might write, as values: a Yjs type can be put into one document only, and a failing run is made smaller by others. */
type Tree =
  | { readonly words: string; readonly marks: object }
  | { readonly name: string; readonly children: readonly Tree[]; readonly values: object };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      words: fc.string({ minLength: 1, maxLength: 5 }),
      marks: fc.dictionary(fc.constantFrom(...MARKS), fc.jsonValue(), {
        minKeys: 1,
        maxKeys: 1,
      }),
    }),
    fc.record({
      name: fc.constantFrom(...NAMES),
      children: fc.array(tie('tree'), { maxLength: 3 }),
      values: fc.dictionary(fc.constantFrom('level', 'toString'), fc.jsonValue(), { maxKeys: 2 }),
    }),
  ),
}));

function build(tree: Tree): Y.XmlElement | Y.XmlText {
  return 'words' in tree
    ? text(tree.words, tree.marks)
    : element(tree.name, tree.children.map(build), tree.values);
}

test('whatever tree comes, what is shown fits the schema, and writing goes on', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), fc.boolean(), (trees, isOpenBefore) => {
      receive((notes) => notes.insert(0, trees.map(build)), isOpenBefore);
    }),
    { numRuns: 150 },
  );
});

/** A page whose edits wait in *sent*. */
function openPage() {
  const sent: Uint8Array[] = [];
  const document = new LessonDocument((update, isOwn) => {
    if (isOwn) sent.push(update);
  });
  return {
    document,
    sent,
    page: openNotes({ doc: document.doc, moveCaret: () => undefined, hold: () => undefined }),
  };
}

test('two pages that find the same and clean at once agree, and have nothing more to say', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (trees) => {
      const hostile = new LessonDocument(() => undefined);
      notesOf(hostile.doc).insert(0, trees.map(build));
      const [one, other] = [openPage(), openPage()];
      for (const { document } of [one, other]) document.receiveUpdate(hostile.readWhole());
      let said = 0;
      while (one.sent.length + other.sent.length > 0) {
        for (const [from, to] of [
          [one, other],
          [other, one],
        ] as const)
          for (const update of from.sent.splice(0)) {
            said += 1;
            expect(to.document.receiveUpdate(update)).toBe('taken');
          }
        expect(said).toBeLessThan(20);
      }

      expect(one.page.shown()).toBe(other.page.shown());
      expect(notesOf(one.document.doc).toString()).toBe(notesOf(other.document.doc).toString());
    }),
    { numRuns: 100 },
  );
});
