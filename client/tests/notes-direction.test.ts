// On which side a list or a quotation begins.

import type { Decoration, DecorationSet } from 'prosemirror-view';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { directionOf, makeDirectionPlugin } from '../src/classroom/notes-direction';
import { openNotes } from './notes-page';

test.each([
  ['hola', 'ltr'],
  ['«القطة» word', 'rtl'],
  ['1. שלום', 'rtl'],
  ['日本語', 'ltr'],
  ['привет', 'ltr'],
  ['12, 34!', null],
  ['', null],
])('%s begins %s', (text, direction) => {
  expect(directionOf(text)).toBe(direction);
});

test('each item goes by its own text, and the list by its first', () => {
  const page = openNotes({ doc: new Y.Doc(), moveCaret: () => undefined, hold: () => undefined });
  page.view.type('- القطة');
  const plugin = makeDirectionPlugin();
  const set = plugin.spec.state?.init.call(plugin, {}, page.view.state) as DecorationSet;
  const directions = set.find().map((each: Decoration & { type?: { attrs?: unknown } }) => each.type?.attrs);

  expect(directions).toEqual([{ dir: 'rtl' }, { dir: 'rtl' }]);
});
