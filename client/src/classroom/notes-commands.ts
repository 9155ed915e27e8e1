// What a person can do with the notes, by key and by button. Each is a ProseMirror command: asked without `dispatch` it only tells
// whether it can be done.

import {
  baseKeymap,
  chainCommands,
  exitCode,
  lift,
  setBlockType,
  toggleMark,
  wrapIn,
} from 'prosemirror-commands';
import { undoInputRule } from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import type { MarkType, NodeType } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import type { Command, EditorState, Plugin } from 'prosemirror-state';
import { redoCommand, undoCommand } from 'y-prosemirror';
import { schema } from './notes-schema';
import { type Colour, cleanHref } from './notes-values';

const { nodes, marks } = schema;

/** One thing to do, and whether it is so where the caret is; null for what is done and over. */
export interface Action {
  readonly run: Command;
  readonly isOn: ((state: EditorState) => boolean) | null;
}

function mark(type: MarkType): Action {
  return { run: toggleMark(type), isOn: (state) => hasMark(state, type) };
}

function highlight(colour: Colour): Action {
  const isOn = (state: EditorState) => colourAt(state) === colour;
  const put: Command = ({ tr, selection: { from, to, empty } }, dispatch) => {
    const mark = marks.highlight.create({ colour });
    dispatch?.(empty ? tr.addStoredMark(mark) : tr.addMark(from, to, mark));
    return true;
  };
  // `toggleMark` alone would take another colour away instead of changing it.
  return {
    run: (state, dispatch) => (isOn(state) ? toggleMark(marks.highlight) : put)(state, dispatch),
    isOn,
  };
}

function heading(level: number): Action {
  const isOn = (state: EditorState) =>
    state.selection.$from.parent.type === nodes.heading &&
    state.selection.$from.parent.attrs['level'] === level;
  return {
    run: (state, dispatch) =>
      (isOn(state) ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level }))(state, dispatch),
    isOn,
  };
}

function wrapped(type: NodeType, wrap: Command, unwrap: Command): Action {
  const isOn = (state: EditorState) => isWithin(state, type);
  return { run: (state, dispatch) => (isOn(state) ? unwrap : wrap)(state, dispatch), isOn };
}

const unlist = liftListItem(nodes.list_item);

export const ACTIONS = {
  bold: mark(marks.strong),
  italic: mark(marks.em),
  yellow: highlight('yellow'),
  green: highlight('green'),
  pink: highlight('pink'),
  heading: heading(1),
  subheading: heading(2),
  bullets: wrapped(nodes.bullet_list, wrapInList(nodes.bullet_list), unlist),
  numbers: wrapped(nodes.ordered_list, wrapInList(nodes.ordered_list), unlist),
  quote: wrapped(nodes.blockquote, wrapIn(nodes.blockquote), lift),
  undo: { run: undoCommand, isOn: null },
  redo: { run: redoCommand, isOn: null },
} satisfies Record<string, Action>;
export type ActionName = keyof typeof ACTIONS;

/** Make a link to *given* of what is selected, or write *given* as one; false if it is no address that may be opened. */
export function linkTo(given: string): Command {
  return (state, dispatch) => {
    const href = cleanHref(given) ?? cleanHref(`https://${given.trim()}`);
    if (href === null || given.trim() === '') return false;
    const { from, to, empty } = state.selection;
    const link = marks.link.create({ href });
    const { tr } = state;
    if (empty) tr.replaceSelectionWith(schema.text(given.trim(), [link]), false);
    else tr.addMark(from, to, link);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Take the link away in which the caret is. */
export const unlink: Command = (state, dispatch) => {
  const { $from, from, to } = state.selection;
  const [before, after] = [$from.nodeBefore?.nodeSize ?? 0, $from.nodeAfter?.nodeSize ?? 0];
  if (linkAt(state) === null) return false;
  dispatch?.(
    state.tr.removeMark(Math.min(from, $from.pos - before), Math.max(to, $from.pos + after), marks.link),
  );
  return true;
};

/** Find the address of the link in which the caret is, or at which what is selected begins; null where there is none. */
export function linkAt({ selection: { $from } }: EditorState): string | null {
  const found = $from.nodeAfter?.marks.find(isLink) ?? $from.nodeBefore?.marks.find(isLink);
  return found ? cleanHref(found.attrs['href']) : null;
}

const isLink = ({ type }: { readonly type: MarkType }) => type === marks.link;

/** Tell whether *type* is on where the caret is, or in all of what is selected. */
function hasMark({ doc, selection, storedMarks }: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = selection;
  if (empty) return type.isInSet(storedMarks ?? $from.marks()) !== undefined;
  return doc.rangeHasMark(from, to, type);
}

function colourAt(state: EditorState): unknown {
  const { $from, empty } = state.selection;
  const set = empty ? (state.storedMarks ?? $from.marks()) : ($from.nodeAfter?.marks ?? $from.marks());
  return marks.highlight.isInSet(set)?.attrs['colour'] ?? null;
}

function isWithin({ selection: { $from } }: EditorState, type: NodeType): boolean {
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
}

/** Do it if it can be done, and keep the key from the browser in any case: there it leads to another page. */
function only(command: Command): Command {
  return (state, dispatch, view) => {
    command(state, dispatch, view);
    return true;
  };
}

const breakLine: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

/** The keys of the notes. Tab is none of them: it leaves the notes, as it leaves every field. */
export function makeKeyPlugins(): readonly Plugin[] {
  return [
    keymap({
      'Mod-b': ACTIONS.bold.run,
      'Mod-i': ACTIONS.italic.run,
      'Mod-z': only(ACTIONS.undo.run),
      'Mod-y': only(ACTIONS.redo.run),
      'Shift-Mod-z': only(ACTIONS.redo.run),
      'Mod-]': only(sinkListItem(nodes.list_item)),
      'Mod-[': only(unlist),
      'Shift-Enter': breakLine,
      Enter: splitListItem(nodes.list_item),
      Backspace: undoInputRule,
    }),
    keymap(baseKeymap),
  ];
}
