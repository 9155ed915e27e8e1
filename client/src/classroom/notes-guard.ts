// Keeps the shared notes such that an editor can show them. Law: whatever the other page put there that the schema does not know is
// taken away, in both pages alike, before the editor reads it; y-prosemirror would stop at some of it, and so would the notes.

import { Plugin } from 'prosemirror-state';
import * as Y from 'yjs';
import { schema } from './notes-schema';
import { DEPTH_MAX, VALUES } from './notes-values';

const BLOCKS: readonly string[] = ['paragraph', 'heading', 'blockquote', 'bullet_list', 'ordered_list'];

/** What may stand in what; `''` is the notes themselves, and `text` a stretch of text. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  '': BLOCKS,
  paragraph: ['text', 'hard_break'],
  heading: ['text', 'hard_break'],
  blockquote: BLOCKS,
  bullet_list: ['list_item'],
  ordered_list: ['list_item'],
  list_item: BLOCKS,
  hard_break: [],
};

const RULES: ReadonlyMap<string, ReadonlyMap<string, (value: unknown) => boolean>> = new Map(
  Object.entries(VALUES).map(([name, values]) => [name, new Map(Object.entries(values))]),
);

/** Take away what does not fit after each change that is not this page's own. Stands before ySyncPlugin. */
export function guardNotes(notes: Y.XmlFragment): Plugin {
  return new Plugin({
    view: () => {
      const look = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[], { local, doc }: Y.Transaction) => {
        if (local) return;
        doc.transact((transaction) => {
          for (const { target } of events) cleanChanged(notes, target, transaction);
        });
      };
      notes.observeDeep(look);
      return { destroy: () => notes.unobserveDeep(look) };
    },
  });
}

/** Take away everything in *notes* that the schema does not know. */
export function cleanNotes(notes: Y.XmlFragment): void {
  notes.doc?.transact((transaction) => cleanChildren(notes, '', 0, transaction));
}

function cleanChanged(
  notes: Y.XmlFragment,
  target: Y.AbstractType<unknown>,
  transaction: Y.Transaction,
): void {
  // It may have gone with what was taken away before.
  const depth = depthOf(notes, target);
  if (depth === null) return;
  if (target instanceof Y.XmlText) cleanText(target, transaction);
  else if (target instanceof Y.XmlElement) cleanElement(target, depth, transaction);
  else cleanChildren(notes, '', 0, transaction);
}

/** How deep *target* stands in *notes*; null if it does not. The way up is bounded by what was cleaned before. */
function depthOf(notes: Y.XmlFragment, target: Y.AbstractType<unknown>): number | null {
  let depth = 0;
  for (let each: Y.AbstractType<unknown> | null = target; each && each !== notes; each = each.parent) {
    if (each._item?.deleted) return null;
    depth += 1;
  }
  return depth;
}

/** Each is deleted where it stands: to count to its place would take as long as there are others before it. */
function cleanChildren(parent: Y.XmlFragment, name: string, depth: number, transaction: Y.Transaction): void {
  const fitting = CHILDREN[name] ?? [];
  for (let item = parent._start; item; item = item.right) {
    if (item.deleted) continue;
    const child = item.content instanceof Y.ContentType ? item.content.type : null;
    if (depth >= DEPTH_MAX || !fitting.includes(nameOf(child))) item.delete(transaction);
    else if (child instanceof Y.XmlText) cleanText(child, transaction);
    else if (child instanceof Y.XmlElement) cleanElement(child, depth + 1, transaction);
  }
}

function cleanElement(element: Y.XmlElement, depth: number, transaction: Y.Transaction): void {
  const values = RULES.get(element.nodeName);
  for (const [name, value] of Object.entries<unknown>(element.getAttributes()))
    if (values?.get(name)?.(value) !== true) element.removeAttribute(name);
  cleanChildren(element, element.nodeName, depth, transaction);
}

/** A mark that does not fit is deleted where it begins, and none is put in its place: two pages that do so at once agree. */
function cleanText(text: Y.XmlText, transaction: Y.Transaction): void {
  for (let item = text._start; item; item = item.right) {
    const { content } = item;
    const isFit =
      content instanceof Y.ContentFormat
        ? content.value === null || isMark(content.key, content.value)
        : !item.countable || content instanceof Y.ContentString;
    if (!item.deleted && !isFit) item.delete(transaction);
  }
}

function isMark(name: string, values: unknown): boolean {
  if (!Object.keys(schema.marks).includes(name) || typeof values !== 'object' || values === null)
    return false;
  const rules = [...(RULES.get(name) ?? [])];
  const given: Readonly<Record<string, unknown>> = { ...values };
  return Object.keys(given).length === rules.length && rules.every(([key, fits]) => fits(given[key]));
}

function nameOf(child: unknown): string {
  if (child instanceof Y.XmlHook) return 'hook';
  if (child instanceof Y.XmlText) return 'text';
  // An element may call itself `text`, and would be a stretch of text that has no words: the editor stops at it.
  return child instanceof Y.XmlElement && child.nodeName !== 'text' ? child.nodeName : 'unknown';
}
