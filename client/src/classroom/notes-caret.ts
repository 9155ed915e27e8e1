// The other person's caret in the notes. It is sent as two places that stay where they are while text around them changes (Yjs
// relative positions). Law: what the other page sends is a place or nothing; the name beside it is the one that the service gave.

import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from 'y-prosemirror';
import * as Y from 'yjs';

/** What a caret needs of the page. */
export interface CaretHost {
  /** Tell the other page where the own caret is; empty for nowhere. */
  moveCaret(caret: Uint8Array): void;
  /** Who the other person is, as the service says. */
  readOther(): { readonly name: string; readonly role: string };
}

interface Place {
  readonly anchor: number;
  readonly head: number;
}

type SyncState = {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  readonly binding: { readonly mapping: Parameters<typeof relativePositionToAbsolutePosition>[3] };
};

const key = new PluginKey<Uint8Array>('caret');
const NOWHERE = new Uint8Array();

/** From the edge of what one sees of the notes to its first letters, CSS px. */
const EDGE_PX = 28;

/** Show *caret* in *view*. */
export function showCaret(view: EditorView, caret: Uint8Array): void {
  view.dispatch(view.state.tr.setMeta(key, caret).setMeta('addToHistory', false));
}

/** Keep both carets: the own is told, the other's is shown. */
export function makeCaretPlugin(host: CaretHost): Plugin<Uint8Array> {
  return new Plugin<Uint8Array>({
    key,
    state: {
      init: () => NOWHERE,
      apply: (tr, before) => (tr.getMeta(key) as Uint8Array | undefined) ?? before,
    },
    props: {
      decorations: (state) => {
        const sync = ySyncPluginKey.getState(state) as SyncState;
        const place = readCaret(key.getState(state) ?? NOWHERE, sync);
        return place ? draw(place, state.doc, host.readOther()) : null;
      },
    },
    view: (view) => {
      let told = '';
      const tell = () => {
        const caret = view.hasFocus() ? writeCaret(view.state.selection, syncOf(view)) : NOWHERE;
        if (told === caret.join()) return;
        told = caret.join();
        host.moveCaret(caret);
      };
      view.dom.addEventListener('focusin', tell);
      view.dom.addEventListener('focusout', tell);
      return {
        update: tell,
        destroy: () => {
          view.dom.removeEventListener('focusin', tell);
          view.dom.removeEventListener('focusout', tell);
          host.moveCaret(NOWHERE);
        },
      };
    },
  });
}

function syncOf(view: EditorView): SyncState {
  return ySyncPluginKey.getState(view.state) as SyncState;
}

/** Write a caret as bytes: the length of the anchor's place, that place, and the head's. */
export function writeCaret({ anchor, head }: Place, { type, binding }: SyncState): Uint8Array {
  const write = (place: number) =>
    Y.encodeRelativePosition(absolutePositionToRelativePosition(place, type, binding.mapping));
  const from = write(anchor);
  return Uint8Array.of(from.byteLength, ...from, ...write(head));
}

/** Write where the person of *view* is: at their caret, else where what they see begins. */
export function writePlace(view: EditorView): Uint8Array {
  if (view.hasFocus()) return writeCaret(view.state.selection, syncOf(view));
  const { left, top } = (view.dom.parentElement ?? view.dom).getBoundingClientRect();
  const place = view.posAtCoords({ left: left + EDGE_PX, top: top + EDGE_PX })?.pos ?? 0;
  return writeCaret({ anchor: place, head: place }, syncOf(view));
}

/** Bring *place* of the other page into view. The own caret stays where it is. */
export function showPlace(view: EditorView, place: Uint8Array): void {
  const found = readCaret(place, syncOf(view));
  if (!found) return;
  const { node } = view.domAtPos(Math.min(Math.max(found.head, 0), view.state.doc.content.size));
  (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: 'center' });
}

/** Read where a caret is now; null for bytes that are none, and for a place that is gone or has not come. */
export function readCaret(caret: Uint8Array, { doc, type, binding }: SyncState): Place | null {
  const [length] = caret;
  if (length === undefined || length === 0 || length + 1 >= caret.byteLength) return null;
  try {
    const [anchor, head] = [caret.slice(1, 1 + length), caret.slice(1 + length)].map((bytes) => {
      const place = Y.decodeRelativePosition(bytes);
      // To look for a part of the document by its name makes that part, and there may be any number of names.
      const isHere = place.tname === null || doc.share.has(place.tname);
      return isHere ? relativePositionToAbsolutePosition(doc, type, place, binding.mapping) : null;
    });
    return typeof anchor === 'number' && typeof head === 'number' ? { anchor, head } : null;
  } catch {
    return null;
  }
}

type Drawn = Parameters<typeof DecorationSet.create>[0];

function draw({ anchor, head }: Place, doc: Drawn, other: ReturnType<CaretHost['readOther']>) {
  const clamp = (place: number) => Math.min(Math.max(place, 0), doc.content.size);
  const [from, to] = [clamp(Math.min(anchor, head)), clamp(Math.max(anchor, head))];
  const caret = Decoration.widget(clamp(head), () => drawCaret(other), {
    key: `${other.role} ${other.name}`,
    // What this person writes at the same place comes before it.
    side: 10,
    ignoreSelection: true,
  });
  const selected = Decoration.inline(from, to, { class: `notes-selected ${other.role}` });
  return DecorationSet.create(doc, from < to ? [caret, selected] : [caret]);
}

/** The name is drawn by the style sheet, so that it is no part of the text: nobody copies it, nor does a composition meet it. */
function drawCaret({ name, role }: ReturnType<CaretHost['readOther']>): HTMLElement {
  const caret = document.createElement('span');
  caret.className = `notes-caret ${role}`;
  caret.dataset['name'] = name;
  caret.setAttribute('aria-hidden', 'true');
  return caret;
}
