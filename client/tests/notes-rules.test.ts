// Markdown that a person writes, and what looks like it.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { notesOf } from '../src/classroom/notes-values';
import { openNotes } from './notes-page';

test.each([
  ['# Title', 'doc(heading("Title"))'],
  ['### Title', 'doc(heading("Title"))'],
  ['#### Title', 'doc(paragraph("#### Title"))'],
  ['#Title', 'doc(paragraph("#Title"))'],
  ['- one', 'doc(bullet_list(list_item(paragraph("one"))))'],
  ['* one', 'doc(bullet_list(list_item(paragraph("one"))))'],
  ['1. one', 'doc(ordered_list(list_item(paragraph("one"))))'],
  ['2. two', 'doc(paragraph("2. two"))'],
  ['> said', 'doc(blockquote(paragraph("said")))'],
  ['so **bold** it', 'doc(paragraph("so ", strong("bold"), " it"))'],
  ['so *soft* it', 'doc(paragraph("so ", em("soft"), " it"))'],
  ['**b** and *i*.', 'doc(paragraph(strong("b"), " and ", em("i"), "."))'],
  ['2 * 3 * 4', 'doc(paragraph("2 * 3 * 4"))'],
  ['a ** b **', 'doc(paragraph("a ** b **"))'],
  ['**مهم** جدا', 'doc(paragraph(strong("مهم"), " جدا"))'],
])('%s', (typed, shown) => {
  const doc = new Y.Doc();
  const page = openNotes({ doc, moveCaret: () => undefined, hold: () => undefined });
  page.view.type(typed);

  expect(page.shown()).toBe(shown);
  expect(openNotes({ ...page.classroom, doc }).shown()).toBe(shown);
  expect(notesOf(doc).length).toBe(1);
});
