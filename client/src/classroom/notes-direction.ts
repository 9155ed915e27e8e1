// Gives lists and quotations the direction of their first letter, so that their bullets and bars stand where the text begins. The
// blocks of text in them have `dir=auto`, at which the `auto` of what is around them would not look (HTML §3.2.6.4).

import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';

export type Direction = 'ltr' | 'rtl';

/** Hebrew to Arabic Extended-A, and their presentation forms. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const LETTER = /[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u02ff\u0370-\u1fff\u2c00-\uffdf]/;

const key = new PluginKey<DecorationSet>('direction');

/** Find the direction of *text* by its first letter; null without one. */
export function directionOf(text: string): Direction | null {
  const [first] = LETTER.exec(text) ?? [];
  if (first === undefined) return null;
  return RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr';
}

export function makeDirectionPlugin(): Plugin<DecorationSet> {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, { doc }) => direct(doc),
      apply: (tr, before) => (tr.docChanged ? direct(tr.doc) : before),
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

function direct(doc: Node): DecorationSet {
  const found: Decoration[] = [];
  doc.descendants((node, place) => {
    if (node.isTextblock) return false;
    const dir = directionOf(firstTextOf(node));
    if (dir) found.push(Decoration.node(place, place + node.nodeSize, { dir }));
    return true;
  });
  return DecorationSet.create(doc, found);
}

function firstTextOf(node: Node): string {
  let block: Node | null = node;
  while (block && !block.isTextblock) block = block.firstChild;
  return block?.textContent ?? '';
}
