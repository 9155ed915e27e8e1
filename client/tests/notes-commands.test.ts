// What the buttons of the notes do.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { ACTIONS, type ActionName, linkAt, linkTo, unlink } from '../src/classroom/notes-commands';
import { openNotes } from './notes-page';

function make(text: string) {
  const page = openNotes({ doc: new Y.Doc(), moveCaret: () => undefined, hold: () => undefined });
  page.view.type(text);
  const press = (name: ActionName) => ACTIONS[name].run(page.view.state, page.view.dispatch);
  const isOn = (name: ActionName) => ACTIONS[name].isOn?.(page.view.state);
  return { ...page, press, isOn };
}

test.each([
  ['bold', 'doc(paragraph(strong("word")))'],
  ['italic', 'doc(paragraph(em("word")))'],
  ['yellow', 'doc(paragraph(highlight("word")))'],
  ['heading', 'doc(heading("word"))'],
  ['subheading', 'doc(heading("word"))'],
  ['bullets', 'doc(bullet_list(list_item(paragraph("word"))))'],
  ['numbers', 'doc(ordered_list(list_item(paragraph("word"))))'],
  ['quote', 'doc(blockquote(paragraph("word")))'],
] as const)('%s is put on, and taken off by the same button', (name, shown) => {
  const { view, press, isOn, ...page } = make('word');
  view.select(1, 5);
  press(name);

  expect(page.shown()).toBe(shown);
  expect(isOn(name)).toBe(true);

  press(name);

  expect(page.shown()).toBe('doc(paragraph("word"))');
  expect(isOn(name)).toBe(false);
});

test('another colour takes the place of the first', () => {
  const { view, press, isOn } = make('word');
  view.select(1, 5);
  press('yellow');
  press('pink');

  expect([isOn('yellow'), isOn('pink')]).toEqual([false, true]);
});

test('a button at the caret counts for what is written next', () => {
  const { view, press, ...page } = make('so ');
  press('green');
  view.type('it is');

  expect(page.shown()).toBe('doc(paragraph("so ", highlight("it is")))');
});

test('an address becomes a link of what is selected, or of itself; `https://` may be left out', () => {
  const { view, ...page } = make('word ');
  view.select(1, 5);

  expect(linkTo('example.com/a')(view.state, view.dispatch)).toBe(true);
  expect(linkAt(view.state)).toBe('https://example.com/a');

  view.select(6);
  linkTo('mailto:ana@example.com')(view.state, view.dispatch);

  expect(page.shown()).toBe('doc(paragraph(link("word"), " ", link("mailto:ana@example.com")))');
});

test.each(['', 'javascript:alert(1)', 'two words'])('%j makes no link', (given) => {
  const { view, ...page } = make('word');
  view.select(1, 5);

  expect(linkTo(given)(view.state, view.dispatch)).toBe(false);
  expect(page.shown()).toBe('doc(paragraph("word"))');
});

test('a link is taken away from where the caret is in it, and its text stays', () => {
  const { view, ...page } = make('a word here');
  view.select(3, 7);
  linkTo('https://example.com')(view.state, view.dispatch);
  view.select(5);

  expect(unlink(view.state, view.dispatch)).toBe(true);
  expect(page.shown()).toBe('doc(paragraph("a word here"))');
  expect(unlink(view.state)).toBe(false);
});
