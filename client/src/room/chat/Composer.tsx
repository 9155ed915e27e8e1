// The box for a new line of chat: Enter sends, Shift+Enter breaks the line. It sends nothing longer than the service takes.

import { SendHorizontal, Smile } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { PENDING_LINES_MAX } from '../../call/chat-reducer';
import { CHAT_CHARACTERS_MAX } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { Popup } from '../../ui/Popup';
import { chosenFiles, fileActions, fileParts, fileProblem } from '../store/files-state';
import { isMessageWanted } from '../store/panel-state';
import { call, state } from '../store/room-store';
import { AttachButton } from './AttachButton';
import { countCharacters, makeWellFormed } from './characters';
import { draft } from './chat-memory';
import { takePaste } from './dropped-files';
import { isVisible, receiveLine, withoutControls } from './visible';

/** The count of characters is shown from here on. */
const SHOW_COUNT_AT = CHAT_CHARACTERS_MAX - 200;

const EMOJI = ['👍', '👏', '🎉', '😊', '😂', '😍', '🤔', '😮', '🙏', '❤️', '👋', '✅', '❓', '💡', '📖', '✍️'];

export function Composer() {
  const box = useRef<HTMLTextAreaElement>(null);
  const written = draft.value.trim();
  const count = countCharacters(written);
  const isFull = state.value.pending.length >= PENDING_LINES_MAX;
  const canSend = count <= CHAT_CHARACTERS_MAX && !isFull;

  useLayoutEffect(() => growWith(box.current), [draft.value]);
  useLayoutEffect(() => {
    if (isMessageWanted.value) box.current?.focus();
    isMessageWanted.value = false;
  }, [isMessageWanted.value]);
  const send = () => {
    sendFiles();
    // Read the draft now: a key may come before the last change is drawn.
    const line = receiveLine(withoutControls(makeWellFormed(draft.value.trim())));
    if (!('shown' in line) || !canSend) return;
    call.say(line.shown);
    draft.value = '';
    box.current?.focus();
  };
  return (
    // No form: in a frame without `allow-forms` a browser submits none, and says nothing of it.
    <div class="chat-form">
      <Attached />
      <Limit count={count} isFull={isFull} isBlank={written !== '' && !isVisible(written)} />
      <div class="chat-tools">
        <AttachButton onChosen={() => box.current?.focus()} />
        <EmojiButton onPick={(emoji) => insert(box.current, emoji)} />
      </div>
      <textarea
        ref={box}
        class="field"
        rows={1}
        dir="auto"
        value={draft.value}
        aria-label={t('chat.label')}
        aria-describedby="chat-hint chat-limit"
        aria-invalid={count > CHAT_CHARACTERS_MAX}
        placeholder={t('chat.placeholder')}
        enterkeyhint="send"
        autocomplete="off"
        onPaste={takePaste}
        onInput={(event) => {
          draft.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <button
        type="button"
        class="button primary"
        aria-label={t('chat.send')}
        title={t('chat.send')}
        disabled={!canSend}
        onClick={send}
      >
        <Icon of={SendHorizontal} />
      </button>
      <p id="chat-hint" class="visually-hidden">
        {t('chat.hint')}
      </p>
    </div>
  );
}

/** What goes with the message, and why something does not. */
function Attached() {
  const { value: parts } = fileParts;
  return (
    <>
      {fileProblem.value && (
        <p class="chat-limit over" role="alert" data-part="file-problem">
          {fileProblem.value}
        </p>
      )}
      {parts && <parts.ChosenFiles />}
    </>
  );
}

function sendFiles(): void {
  const files = chosenFiles.value;
  if (files.length === 0) return;
  chosenFiles.value = [];
  fileProblem.value = null;
  fileActions.value?.offer(files);
}

/** Enter also ends the composition of a Japanese or Chinese word; Safari says so only by the old key code. On Android the
 * last word of every line is still being composed, and Enter is the key that sends. */
function isComposing(event: KeyboardEvent): boolean {
  return event.keyCode === 229 || (event.isComposing && !/Android/.test(navigator.userAgent));
}

interface LimitProps {
  readonly count: number;
  readonly isFull: boolean;
  readonly isBlank: boolean;
}

function Limit({ count, isFull, isBlank }: LimitProps) {
  const left = CHAT_CHARACTERS_MAX - count;
  let words = '';
  if (isFull) words = t('chat.full');
  else if (isBlank) words = t('chat.blank');
  else if (left < 0) words = t('chat.over', { count: -left });
  else if (count >= SHOW_COUNT_AT) words = t('chat.left', { count: left });
  return (
    <p id="chat-limit" class={left < 0 || isFull ? 'chat-limit over' : 'chat-limit'} hidden={words === ''}>
      {words}
    </p>
  );
}

function EmojiButton({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const opener = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="chat-emoji">
      <button
        ref={opener}
        type="button"
        class="chat-tool"
        aria-label={t('chat.emoji')}
        title={t('chat.emoji')}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon of={Smile} />
      </button>
      {isOpen && (
        <Popup
          label={t('chat.emoji')}
          part="emoji"
          opener={() => opener.current}
          onClose={() => setOpen(false)}
        >
          <div class="chat-emoji-grid">
            {EMOJI.map((emoji) => (
              <button
                key={emoji}
                type="button"
                onClick={() => {
                  onPick(emoji);
                  setOpen(false);
                }}
              >
                {emoji}
              </button>
            ))}
          </div>
        </Popup>
      )}
    </div>
  );
}

/** Put *text* where the caret is. */
function insert(box: HTMLTextAreaElement | null, text: string): void {
  if (!box) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
  draft.value = box.value;
  box.focus();
}

/** Make the box as high as its text; the stylesheet sets the limit. */
function growWith(box: HTMLTextAreaElement | null): void {
  if (!box) return;
  box.style.height = 'auto';
  // An empty box has its own height: reading it would make the browser lay the page out at once.
  if (box.value !== '') box.style.height = `${box.scrollHeight + 2}px`;
}
