// Updates that Yjs takes in, and after which it could not write the document, or would mistake one’s own edits for others.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { LessonDocument } from '../src/classroom/lesson-document';
import { TYPE_DEPTH_MAX, VALUE_DEPTH_MAX } from '../src/classroom/update-check';
import { type Content, type Edit, FRAGMENT, type Id, MAP, text, writeUpdate } from './update-writer';

const OWN = 99;
const THEIRS = 7;

function open() {
  const told: boolean[] = [];
  const document = new LessonDocument((_update, isOwn) => told.push(isOwn));
  document.doc.clientID = OWN;
  const mine = document.doc.getText('mine');
  mine.insert(0, 'mine');
  return { document, mine, told };
}

/** Take in *updates*; returns what became of them. Whatever they are, one’s own work goes on, is told, and is kept. */
function receive(updates: readonly Uint8Array[]): readonly string[] {
  const { document, mine, told } = open();
  const taken = updates.map((each) => document.receiveUpdate(each));
  const before = mine.toString();
  const times = told.filter(Boolean).length;

  mine.insert(0, '!');

  expect(mine.toString()).toBe(`!${before}`);
  expect(told.filter(Boolean).length).toBeGreaterThan(times);
  const reloaded = new LessonDocument(() => undefined);
  reloaded.restore(document.readWhole());
  expect(ownLetters(reloaded.doc.getText('mine'))).toBe(ownLetters(mine));
  expect(reloaded.readDifference(document.readVector()).byteLength).toBeGreaterThan(0);
  const honest = new Y.Doc();
  honest.getText('theirs').insert(0, 'theirs');
  document.receiveUpdate(Y.encodeStateAsUpdate(honest));
  expect(document.doc.getText('theirs').toString()).toBe('theirs');
  return taken;
}

/** Where a page that lies about its neighbours puts its own letters is its own affair. */
function ownLetters(text: Y.Text): string {
  return text.toString().replace(/[abc]/g, '');
}

function by(client: number, ...edits: readonly Edit[]): Uint8Array {
  return writeUpdate([{ client, clock: 0, edits }]);
}

/** Types that stand in each other. */
function nested(depth: number): Edit[] {
  return Array.from({ length: depth }, (_, place) => ({
    content: { is: 'type', type: FRAGMENT },
    parent: place === 0 ? 'notes' : ([THEIRS, place - 1] as const),
  }));
}

const deepJson = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Objects of lib0 in each other, each with one value. */
const deepValue = (depth: number) =>
  [...Array.from({ length: depth }, () => [118, 1, ...text('k')]), [126]].flat();

const HUGE = 2 ** 53 - 1;

const POISON: readonly [string, readonly Uint8Array[]][] = [
  ['nothing, of no length', [by(THEIRS, { content: { is: 'nothing', length: 0 } })]],
  [
    'nothing, of a length and of none',
    [by(THEIRS, { content: { is: 'nothing', length: 1 } }, { content: { is: 'nothing', length: 0 } })],
  ],
  ['text without letters', [by(THEIRS, { content: { is: 'text', text: '' }, right: [OWN, 1] })]],
  ['no values', [by(THEIRS, { content: { is: 'values', values: [] } })]],
  ['more edits than can be counted', [by(THEIRS, { content: { is: 'nothing', length: HUGE } })]],
  [
    'deletions whose sum cannot be written',
    [writeUpdate([], [[THEIRS, 5, HUGE]]), writeUpdate([], [[THEIRS, HUGE, HUGE]])],
  ],
  [
    'JSON that is read, and too deep to be written',
    [by(THEIRS, { content: { is: 'embed', json: deepJson(20_000) } })],
  ],
  [
    'a mark of such JSON',
    [by(THEIRS, { content: { is: 'format', name: 'strong', json: deepJson(20_000) } })],
  ],
  [
    'values one deeper than may be',
    [by(THEIRS, { content: { is: 'values', values: [deepValue(VALUE_DEPTH_MAX + 1)] } })],
  ],
  [
    'a value that changes what its object is',
    [by(THEIRS, { content: { is: 'values', values: [[118, 1, ...text('__proto__'), 126]] } })],
  ],
  ['types one deeper than may be', [by(THEIRS, ...nested(TYPE_DEPTH_MAX + 1))]],
  ['forty thousand types in each other', [by(THEIRS, ...nested(40_000))]],
  [
    'a mark that changes what the marks are',
    [by(THEIRS, { content: { is: 'format', name: '__proto__', json: '{"link":{"href":"x"}}' } })],
  ],
  [
    'an attribute that changes what the attributes are',
    [by(THEIRS, { content: { is: 'values', values: [[126]] }, key: '__proto__' })],
  ],
  [
    'an edit beside a later one of its own',
    [by(THEIRS, { content: { is: 'text', text: 'a' }, left: [THEIRS, 5] })],
  ],
  ['an edit in itself', [by(THEIRS, { content: { is: 'type', type: MAP }, parent: [THEIRS, 0] })]],
  [
    'two types in each other',
    [
      writeUpdate([
        { client: 8, clock: 0, edits: [{ content: { is: 'type', type: MAP }, parent: [THEIRS, 0] }] },
        { client: THEIRS, clock: 0, edits: [{ content: { is: 'type', type: MAP }, parent: [8, 0] }] },
      ]),
    ],
  ],
  ['a type in one that has not come', [by(THEIRS, { content: { is: 'type', type: MAP }, parent: [8, 3] })]],
];

for (const [name, updates] of POISON)
  test(`${name}: unreadable, and the document can still be written`, () => {
    expect(receive(updates)).toEqual(updates.map(() => 'unreadable'));
  });

test('what is just within the bounds is taken', () => {
  const values = { is: 'values', values: [deepValue(VALUE_DEPTH_MAX)] } as const;

  expect(receive([by(THEIRS, ...nested(TYPE_DEPTH_MAX)), by(8, { content: values })])).toEqual([
    'taken',
    'taken',
  ]);
});

test('types grow no deeper by a second update, nor beside others', () => {
  const beside = { content: { is: 'type', type: FRAGMENT }, left: [8, 0] } as const;
  const updates = [
    by(THEIRS, ...nested(TYPE_DEPTH_MAX)),
    by(8, { content: { is: 'text', text: 'a' }, parent: [THEIRS, TYPE_DEPTH_MAX - 1] }),
    by(9, beside),
  ];

  expect(receive(updates)).toEqual(['taken', 'taken', 'unreadable']);
});

test('edits under one’s own number, and deletions of what one has yet to write, take nothing from what one writes', () => {
  const updates = [
    writeUpdate([{ client: OWN, clock: 4, edits: [{ content: { is: 'text', text: 'abc' }, left: [8, 3] }] }]),
    writeUpdate([], [[OWN, 4, 1_000]]),
  ];

  receive(updates);
});

test('edits that wait for others are not kept as a part of the document', () => {
  const { document } = open();

  document.receiveUpdate(by(THEIRS, { content: { is: 'text', text: 'abc' }, left: [8, 3] }));

  expect(document.doc.store.pendingStructs).not.toBeNull();
  expect(Y.decodeUpdate(document.readWhole()).structs.map(({ id }) => id.client)).toEqual([OWN]);
});

const id = fc.tuple(fc.constantFrom(OWN, THEIRS, 8), fc.nat(7));
const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
  fc.constantFrom(0, HUGE, 2 ** 39),
);
const json = fc.constantFrom('null', '{}', '{"__proto__":{"a":1}}', '1', '"x"');
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ is: fc.constantFrom('nothing', 'gap', 'deleted'), length }),
  fc.record({ is: fc.constant('text'), text: fc.constantFrom('a', 'ab', 'abc', '') }),
  fc.record({ is: fc.constant('embed'), json }),
  fc.record({ is: fc.constant('format'), name: fc.constantFrom('strong', '__proto__', 'constructor'), json }),
  fc.record({ is: fc.constant('type'), type: fc.constantFrom(0, 1, 2, 4, 6) }),
  fc.record({
    is: fc.constant('values'),
    values: fc.array(fc.constantFrom([126], [125, 5], [119, ...text('v')], [118, 1, ...text('k'), 126]), {
      maxLength: 2,
    }),
  }),
);
const some = (each: fc.Arbitrary<Id>) => fc.option(each, { nil: undefined, freq: 2 });
const edit: fc.Arbitrary<Edit> = fc.record({
  content,
  left: some(id),
  right: some(id),
  parent: fc.oneof(fc.constantFrom('notes', 'board', 'vocabulary', '__proto__'), id),
  key: fc.option(fc.constant('key'), { nil: undefined }),
});
const update = fc
  .tuple(
    fc.array(
      fc.record({ client: id, clock: fc.nat(3), edits: fc.array(edit, { minLength: 1, maxLength: 4 }) }),
      {
        maxLength: 2,
      },
    ),
    // Not of the own text: to delete it is anybody’s right.
    fc.array(fc.tuple(fc.constantFrom(THEIRS, 8), fc.nat(6), length), { maxLength: 2 }),
  )
  .map(([all, deletions]) =>
    writeUpdate(
      all.map((each) => ({ ...each, client: each.client[0] })),
      deletions,
    ),
  );

test('whatever edits come, one’s own work goes on, and the document can be kept', () => {
  fc.assert(
    fc.property(fc.array(update, { minLength: 1, maxLength: 3 }), (updates) => void receive(updates)),
    { numRuns: 500 },
  );
});
