// The editor of the shared notes: ProseMirror over a part of the lesson's document. It knows no page; its host says what it needs.

import type { Node } from 'prosemirror-model';
import { EditorState, Plugin } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { initProseMirrorDoc, ySyncPlugin, ySyncPluginKey, yUndoPlugin, yUndoPluginKey } from 'y-prosemirror';
import type { UndoManager, XmlFragment } from 'yjs';
import { type CaretHost, makeCaretPlugin, showCaret, showPlace, writePlace } from './notes-caret';
import { type Action, linkTo, makeKeyPlugins } from './notes-commands';
import { holdWhileComposing } from './notes-composition';
import { makeDirectionPlugin } from './notes-direction';
import { cleanNotes, guardNotes } from './notes-guard';
import { makeRulesPlugin } from './notes-rules';
import { quietHtml, schema } from './notes-schema';
import { cleanHref, DEPTH_MAX, NOTES_SIZE_MAX } from './notes-values';

/** More than this is no piece of text that somebody copied; reading it would stop the page. */
const PASTED_CHARACTERS_MAX = 2_000_000;

export interface NotesHost extends CaretHost {
  /** Let the other's edits wait, or take them in. */
  hold(isHeld: boolean): void;
  isReadOnly(): boolean;
  /** What the person wanted to add has no room. */
  onFull(): void;
  /** The text, the selection, or what can be done with it is another. */
  onChange(): void;
}

/** Make the editor's state of *notes*, without a window. */
export function makeState(notes: XmlFragment, host: NotesHost): EditorState {
  cleanNotes(notes);
  const begun = initProseMirrorDoc(notes, schema);
  // Notes without a block are shown as one that is empty; it is shared when somebody writes in it.
  const hasBlocks = begun.doc.childCount > 0;
  return EditorState.create({
    schema,
    ...(hasBlocks && { doc: begun.doc }),
    plugins: [...makePlugins(notes, host, hasBlocks ? begun.mapping : undefined)],
  });
}

type Mapping = ReturnType<typeof initProseMirrorDoc>['mapping'];

/** The guard comes before ySyncPlugin: it must see a change first. */
function makePlugins(notes: XmlFragment, host: NotesHost, mapping: Mapping | undefined): readonly Plugin[] {
  return [
    guardNotes(notes),
    ySyncPlugin(notes, mapping && { mapping }) as Plugin,
    yUndoPlugin() as Plugin,
    boundNotes(host),
    makeRulesPlugin(),
    ...makeKeyPlugins(),
    makeDirectionPlugin(),
    makeCaretPlugin(host),
    holdWhileComposing((isHeld) => host.hold(isHeld)),
    new Plugin({ view: () => ({ update: () => host.onChange() }) }),
  ];
}

/** Refuse what would make the notes longer or deeper than they may be. What the other page wrote is shown in any case. */
function boundNotes(host: NotesHost): Plugin {
  return new Plugin({
    filterTransaction: (tr, { doc: before }) => {
      if (!tr.docChanged || tr.getMeta(ySyncPluginKey) !== undefined) return true;
      const sizeMax = Math.max(NOTES_SIZE_MAX, before.content.size);
      const isTooMuch = tr.doc.content.size > sizeMax || depthOf(tr.doc) >= DEPTH_MAX;
      if (isTooMuch) host.onFull();
      return !isTooMuch;
    },
  });
}

/** Count the elements around the deepest text of *node*. */
function depthOf(node: Node): number {
  let depth = 0;
  if (!node.isTextblock)
    node.forEach((child) => {
      depth = Math.max(depth, 1 + depthOf(child));
    });
  return depth;
}

export class NotesEditor {
  readonly view: EditorView;

  /** *attributes* are those of the editable element. */
  constructor(notes: XmlFragment, host: NotesHost, attributes: () => Record<string, string>) {
    this.view = new EditorView(null, {
      state: makeState(notes, host),
      attributes: ({ doc }) => {
        const isEmpty = doc.childCount === 1 && doc.firstChild?.content.size === 0;
        return { ...attributes(), class: isEmpty ? 'notes-text is-empty' : 'notes-text' };
      },
      editable: () => !host.isReadOnly(),
      transformPastedHTML: quietHtml,
      handlePaste: (view, event) => {
        if (wordsOf(event.clipboardData) <= PASTED_CHARACTERS_MAX)
          return pasteLink(view, event.clipboardData);
        host.onFull();
        return true;
      },
      handleDOMEvents: {
        click: keepHere,
        auxclick: keepHere,
        // A browser would leave the lesson to show the file.
        drop: (_view, event) => {
          if (!event.dataTransfer || event.dataTransfer.files.length === 0) return false;
          event.preventDefault();
          return true;
        },
      },
    });
  }

  /** Do *run* where the caret is, and go on writing. */
  act(run: Action['run']): boolean {
    // It is undone by itself, however soon after the last letter it was done.
    (yUndoPluginKey.getState(this.view.state) as { undoManager: UndoManager }).undoManager.stopCapturing();
    const isDone = run(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
    return isDone;
  }

  showCaret(caret: Uint8Array): void {
    showCaret(this.view, caret);
  }

  /** Read where the person is in the notes. */
  readPlace(): Uint8Array {
    return writePlace(this.view);
  }

  /** Bring *place* into view. */
  showPlace(place: Uint8Array): void {
    showPlace(this.view, place);
  }

  /** Something of the host is another: whether the notes are read only, how the other person is called. */
  refresh(): void {
    this.view.updateState(this.view.state);
  }
}

/** A link in the text is followed by the line that shows its address, never by a press on what the other person called it. */
function keepHere(_view: EditorView, event: MouseEvent): boolean {
  if (event.target instanceof Element && event.target.closest('a')) event.preventDefault();
  return false;
}

function wordsOf(data: DataTransfer | null): number {
  return (data?.getData('text/html').length ?? 0) + (data?.getData('text/plain').length ?? 0);
}

/** An address becomes a link by itself: of what is selected, else of its own text. */
function pasteLink(view: EditorView, data: DataTransfer | null): boolean {
  const text = data?.getData('text/plain').trim() ?? '';
  if (/\s/.test(text) || cleanHref(text) === null) return false;
  return linkTo(text)(view.state, view.dispatch);
}
