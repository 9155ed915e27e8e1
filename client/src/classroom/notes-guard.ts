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

/** Take away what does not fit after each change that is not this page's own. Stands before ySyncPlugin. */
export function guardNotes(notes: Y.XmlFragment): Plugin {
  return new Plugin({
    view: () => {
      const look = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction) => {
        if (!transaction.local) for (const { target } of events) cleanChanged(notes, target);
      };
      notes.observeDeep(look);
      return { destroy: () => notes.unobserveDeep(look) };
    },
  });
}

/** Take away everything in *notes* that the schema does not know. */
export function cleanNotes(notes: Y.XmlFragment): void {
  notes.doc?.transact(() => cleanChildren(notes, '', 0));
}

function cleanChanged(notes: Y.XmlFragment, target: Y.AbstractType<unknown>): void {
  // It may have gone with what was taken away before.
  const depth = depthOf(notes, target);
  if (depth === null) return;
  notes.doc?.transact(() => {
    if (target instanceof Y.XmlText) cleanText(target);
    else if (target instanceof Y.XmlElement) cleanElement(target, depth);
    else cleanChildren(notes, '', 0);
  });
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

function cleanChildren(parent: Y.XmlFragment, name: string, depth: number): void {
  const fitting = CHILDREN[name] ?? [];
  const children: unknown[] = parent.toArray();
  // From the end, so that the places of those before stay.
  for (let place = children.length - 1; place >= 0; place -= 1) {
    const child = children[place];
    if (depth >= DEPTH_MAX || !fitting.includes(nameOf(child))) parent.delete(place, 1);
    else if (child instanceof Y.XmlText) cleanText(child);
    else if (child instanceof Y.XmlElement) cleanElement(child, depth + 1);
  }
}

function cleanElement(element: Y.XmlElement, depth: number): void {
  const values = VALUES[element.nodeName] ?? {};
  for (const [name, value] of Object.entries<unknown>(element.getAttributes()))
    if (!Object.keys(values).includes(name) || values[name]?.(value) !== true) element.removeAttribute(name);
  cleanChildren(element, element.nodeName, depth);
}

function cleanText(text: Y.XmlText): void {
  let place = 0;
  const delta = text.toDelta() as readonly { insert: unknown; attributes?: Record<string, unknown> }[];
  for (const { insert, attributes } of delta) {
    if (typeof insert !== 'string') {
      text.delete(place, 1);
      continue;
    }
    for (const [name, values] of Object.entries(attributes ?? {}))
      if (!isMark(name, values)) text.format(place, insert.length, { [name]: null });
    place += insert.length;
  }
}

function isMark(name: string, values: unknown): boolean {
  if (!Object.keys(schema.marks).includes(name) || typeof values !== 'object' || values === null)
    return false;
  const rules = Object.entries(VALUES[name] ?? {});
  const given: Readonly<Record<string, unknown>> = { ...values };
  return Object.keys(given).length === rules.length && rules.every(([key, fits]) => fits(given[key]));
}

function nameOf(child: unknown): string {
  if (child instanceof Y.XmlHook) return 'hook';
  if (child instanceof Y.XmlText) return 'text';
  // An element may call itself `text`, and would be a stretch of text that has no words: the editor stops at it.
  return child instanceof Y.XmlElement && child.nodeName !== 'text' ? child.nodeName : 'unknown';
}
