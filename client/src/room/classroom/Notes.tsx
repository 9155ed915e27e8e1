// The lesson's notes: both people write in one text at once. Nobody else sees it. This module, with the editor, is loaded when the
// tab is first opened.

import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import './Notes.css';
import type { Role } from '../../call/transport/wire';
import { NotesEditor } from '../../classroom/notes-editor';
import { notesOf } from '../../classroom/notes-values';
import { locale } from '../../i18n';
import { t } from '../../i18n/lazy-words';
import { otherRole, state } from '../store/room-store';
import { NotesBar } from './NotesBar';
import { ownPlace, wantedPlace } from './panel-tab';
import { ToolStatus } from './ToolStatus';
import { tools } from './tools-state';

type Opened = NonNullable<typeof tools.classroom.value>;

/** How the editor's changes and a refusal reach what is drawn of it; nobody is told while another tab is open. */
interface Drawing {
  onChange: () => void;
  onFull: () => void;
}

/** Stays while another tab is open: with it what can be undone, and the caret's place. */
let kept: { readonly of: Opened; readonly editor: NotesEditor; readonly drawing: Drawing } | null = null;

export function Notes() {
  const { value: classroom } = tools.classroom;
  useEffect(() => void tools.open(), []);
  return (
    <div class="notes" aria-busy={!classroom}>
      {classroom && <Editor classroom={classroom} />}
    </div>
  );
}

function Editor({ classroom }: { readonly classroom: Opened }) {
  const place = useRef<HTMLDivElement>(null);
  const { editor, drawing } = open(classroom);
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  const [isRefused, refuse] = useReducer<boolean, boolean>((_before, after) => after, false);
  const isFull = tools.status.value?.isFull === true;
  const { name } = readOther();
  useLayoutEffect(() => {
    drawing.onChange = () => draw();
    drawing.onFull = () => refuse(true);
    place.current?.append(editor.view.dom);
    ownPlace.read = () => editor.readPlace();
    draw();
    return () => {
      ownPlace.read = () => null;
      drawing.onChange = drawing.onFull = () => undefined;
      editor.view.dom.remove();
    };
  }, [editor, drawing]);
  useLayoutEffect(() => editor.refresh(), [editor, isFull, name, locale.value]);
  useEffect(() => {
    if (!wantedPlace.value) return;
    editor.showPlace(wantedPlace.value);
    wantedPlace.value = null;
  }, [editor, wantedPlace.value]);
  return (
    <>
      <div class="notes-head">
        <NotesBar editor={editor} isReadOnly={isFull} />
        <ToolStatus />
        <output class="tool-statuses">
          {isRefused && !isFull && (
            <span class="tool-status" data-part="notes-full">
              {t('notes.full')}
            </span>
          )}
        </output>
      </div>
      <div class="notes-place" ref={place} />
    </>
  );
}

/** Open the notes of *classroom*, once. */
function open(classroom: Opened): NonNullable<typeof kept> {
  if (kept?.of === classroom) return kept;
  const drawing: Drawing = { onChange: () => undefined, onFull: () => undefined };
  const editor = new NotesEditor(
    notesOf(classroom.doc),
    {
      moveCaret: (caret) => classroom.moveCaret(caret),
      readOther,
      hold: (isHeld) => classroom.hold(isHeld),
      isReadOnly: () => tools.status.peek()?.isFull === true,
      onFull: () => drawing.onFull(),
      onChange: () => drawing.onChange(),
    },
    () => ({
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': t('notes.title'),
      'data-placeholder': t('notes.empty'),
      'data-part': 'notes-text',
      // Also notes that are full are read, scrolled and selected from by keyboard.
      tabindex: '0',
    }),
  );
  // It may have come while nobody looked.
  editor.showCaret(classroom.theirCaret);
  classroom.onCaret = (caret) => editor.showCaret(caret);
  kept = { of: classroom, editor, drawing };
  return kept;
}

function readOther(): { readonly name: string; readonly role: Role } {
  return { name: state.peek().peer?.name ?? t(`role.${otherRole}`), role: otherRole };
}
