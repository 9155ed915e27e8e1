// A page's notes without a window: the editor's state and plugins, as an EditorView drives them, over one end of a line.

import { type EditorState, type PluginView, TextSelection, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type { Classroom } from '../src/classroom/classroom';
import { makeState, type NotesHost } from '../src/classroom/notes-editor';
import { notesOf } from '../src/classroom/notes-values';

/** As much of an EditorView as plugins use. */
class FakeView {
  readonly dom = new EventTarget();
  readonly composing = false;
  isFocused = false;
  private readonly views: PluginView[] = [];

  constructor(public state: EditorState) {
    for (const plugin of state.plugins) {
      const view = plugin.spec.view?.(this.asView());
      if (view) this.views.push(view);
    }
  }

  readonly dispatch = (tr: Transaction): void => {
    const before = this.state;
    this.state = before.apply(tr);
    for (const each of this.views) each.update?.(this.asView(), before);
  };

  hasFocus = (): boolean => this.isFocused;

  asView(): EditorView {
    return this as unknown as EditorView;
  }

  /** Write *text* as keys do, character by character, so that the rules of Markdown see it. */
  type(text: string): void {
    for (const character of text) {
      const { from, to } = this.state.selection;
      const isTaken = this.state.plugins.some((plugin) =>
        plugin.props.handleTextInput?.call(plugin, this.asView(), from, to, character, () => this.state.tr),
      );
      if (!isTaken) this.dispatch(this.state.tr.insertText(character, from, to));
    }
  }

  select(from: number, to = from): void {
    const { doc } = this.state;
    this.dispatch(this.state.tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))));
  }
}

type OpenClassroom = Pick<Classroom, 'doc' | 'moveCaret' | 'hold'>;

export interface NotesPage<C = Classroom> {
  readonly classroom: C;
  readonly view: FakeView;
  readonly carets: Uint8Array[];
  readonly full: boolean[];
  /** The notes as they are shown, in short. */
  readonly shown: () => string;
}

/** Open the notes of *classroom*. */
export function openNotes<C extends OpenClassroom>(classroom: C): NotesPage<C> {
  const [carets, full]: [Uint8Array[], boolean[]] = [[], []];
  const host: NotesHost = {
    moveCaret: (caret) => {
      carets.push(caret);
      classroom.moveCaret(caret);
    },
    readOther: () => ({ name: 'Ana', role: 'tutor' }),
    hold: (isHeld) => classroom.hold(isHeld),
    isReadOnly: () => false,
    onFull: () => full.push(true),
    onChange: () => undefined,
  };
  const view = new FakeView(makeState(notesOf(classroom.doc), host));
  return { classroom, view, carets, full, shown: () => view.state.doc.toString() };
}
