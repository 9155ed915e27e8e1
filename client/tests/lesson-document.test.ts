// The document, against what a page may be sent: updates that are cut, changed, invented, too many.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { LessonDocument } from '../src/classroom/lesson-document';
import { DOCUMENT_BYTES_MAX } from '../src/classroom/tool-frames';

function make() {
  const heard: boolean[] = [];
  const document = new LessonDocument((_update, isOwn) => heard.push(isOwn));
  return { document, heard, text: document.doc.getText('notes'), list: document.doc.getArray('list') };
}

/** What a page wrote in a lesson: text that was changed and deleted, a list, a map. */
function written(): Uint8Array {
  const { document, text, list } = make();
  text.insert(0, 'el perro corre');
  text.delete(3, 5);
  text.insert(3, 'gato');
  list.push([{ word: 'gato' }, 7, 'ok']);
  document.doc.getMap('map').set('page', 2);
  return document.readWhole();
}

test('an edit of one’s own is told from one of the other page, and what was kept is told to nobody', () => {
  const { document, heard, text } = make();
  document.restore(written());
  text.insert(0, 'a');
  const other = make();
  other.text.insert(0, 'b');
  document.receiveUpdate(other.document.readWhole());

  expect(heard).toEqual([true, false]);
});

test('an update that is cut anywhere is unreadable, and changes nothing', () => {
  const whole = written();
  for (let length = 0; length < whole.byteLength; length += 1) {
    const { document } = make();

    expect(document.receiveUpdate(whole.slice(0, length))).toBe('unreadable');
    expect(document.readWhole()).toEqual(Y.encodeStateAsUpdate(new Y.Doc()));
  }
});

test('whatever bytes come, one’s own writing goes on, and nothing is thrown', () => {
  const whole = written();
  const changes = fc.array(fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.oneof(changes, fc.uint8Array({ maxLength: 60 })), (given) => {
      const { document, text } = make();
      text.insert(0, 'mine');
      let bytes = given as Uint8Array;
      if (Array.isArray(given)) {
        bytes = whole.slice();
        for (const [place, value] of given) bytes[place] = value;
      }

      document.receiveUpdate(bytes);
      text.insert(text.length, '!');

      expect(text.toString().endsWith('!')).toBe(true);
      expect(document.readWhole().byteLength).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

test('numbers that promise more than there is reserve nothing', () => {
  // One client with 2^31 edits, and none of them.
  const promise = Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0x07, 1, 0);

  expect(make().document.receiveUpdate(promise)).toBe('unreadable');
});

test('a document as large as may be takes no more, and says so before', () => {
  const { document } = make();
  const other = make();
  const page = 'x'.repeat(900_000);
  let taken = 0;
  let vector = other.document.readVector();
  for (; taken < 20; taken += 1) {
    other.text.insert(0, page);
    const update = other.document.readDifference(vector);
    vector = other.document.readVector();
    if (document.receiveUpdate(update) === 'full') break;
    expect(document.isFull).toBe(taken >= 6);
  }

  expect(taken * page.length).toBeLessThanOrEqual(DOCUMENT_BYTES_MAX);
  expect(taken).toBeGreaterThanOrEqual(8);
  expect(document.readWhole().byteLength).toBeLessThanOrEqual(DOCUMENT_BYTES_MAX);
});

test('what was written and erased does not fill a long lesson: what is left is measured', () => {
  const { document, text } = make();
  for (let count = 0; count < 12_000; count += 1) {
    text.insert(0, 'x'.repeat(700));
    text.delete(0, 700);
  }

  expect(document.isFull).toBe(false);
  expect(document.readWhole().byteLength).toBeLessThan(1_000);
});

test('edits that wait for others for ever are forgotten', () => {
  const { document } = make();
  const other = make();
  other.text.insert(0, 'the first, which nobody sends');
  const vector = other.document.readVector();
  other.text.insert(0, 'y'.repeat(1_100_000));

  expect(document.receiveUpdate(other.document.readDifference(vector))).toBe('unreadable');
  expect(document.doc.store.pendingStructs).toBeNull();

  expect(document.receiveUpdate(other.document.readWhole())).toBe('taken');
  expect(document.doc.getText('notes').toString()).toBe(other.text.toString());
});

test('what has to wait is no part of the document until it is taken in, and waits within a bound', () => {
  const [own, other] = [make(), make()];
  own.document.hold();
  other.text.insert(0, 'theirs');

  expect(own.document.receiveUpdate(other.document.readWhole())).toBe('taken');
  expect(own.text.toString()).toBe('');
  expect(own.document.release()).toBe('taken');
  expect(own.text.toString()).toBe('theirs');

  own.document.hold();
  other.text.insert(0, 'x'.repeat(300_000));
  own.document.receiveUpdate(other.document.readWhole());

  expect(own.text.toString()).toBe(other.text.toString());
});

test('rubbish that had to wait is unreadable when it is taken in, and what came with it is there', () => {
  const [own, other] = [make(), make()];
  other.text.insert(0, 'theirs');
  own.document.hold();
  own.document.receiveUpdate(Uint8Array.of(1, 2, 3));
  own.document.receiveUpdate(other.document.readWhole());

  expect(own.document.release()).toBe('unreadable');
  expect(own.text.toString()).toBe('theirs');
});
