// The chat between the two (R7). Times are the service's, so both sides read the same; text stays text.

import { ArrowDown, MessagesSquare } from 'lucide';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import './Chat.css';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { fileParts, shownFiles } from '../store/files-state';
import { ownRole, state } from '../store/room-store';
import { isEndShown, unread } from '../store/unread';
import { Composer } from './Composer';
import { isDropNear } from './dropped-files';
import { Line, WaitingLine } from './Line';
import { mergeByTime } from './merge-by-time';

/** This near to the end counts as the end. */
const END_PIXELS = 48;

export function Chat() {
  const list = useRef<HTMLOListElement>(null);
  const toEnd = () => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  };
  return (
    <section class={isDropNear.value ? 'chat drop' : 'chat'} aria-labelledby="chat-title">
      <h2 id="chat-title">{t('panel.chat')}</h2>
      <Lines list={list} toEnd={toEnd} />
      {!isEndShown.value && unread.value > 0 && (
        <button type="button" class="chat-new" onClick={toEnd}>
          <Icon of={ArrowDown} />
          {t('chat.new')}
        </button>
      )}
      <Composer />
    </section>
  );
}

interface LinesProps {
  readonly list: { current: HTMLOListElement | null };
  readonly toEnd: () => void;
}

/** The list stays at its end as lines come, unless the person has scrolled up. An own line leads back to the end. */
function Lines({ list, toEnd }: LinesProps) {
  const { chat, pending } = state.value;
  const { value: parts } = fileParts;
  const files = parts ? shownFiles.value : [];
  const isEmpty = chat.length + pending.length + files.length === 0;
  const newestPending = pending[pending.length - 1]?.id;
  const newest = chat[chat.length - 1];
  const newestOwn = pending.length > 0 ? undefined : chat.filter(({ role }) => role === ownRole).pop();

  useLayoutEffect(() => {
    // Reading the height makes the browser lay the page out at once: not for an empty list.
    if (!isEmpty && isEndShown.peek()) toEnd();
  }, [newest, pending.length, files.length]);
  useLayoutEffect(() => {
    if (newestPending) toEnd();
  }, [newestPending]);
  useEffect(() => {
    isEndShown.value = true;
    const stopWatching = watchSize(list.current, () => isEndShown.peek() && toEnd());
    return () => {
      isEndShown.value = false;
      stopWatching();
    };
  }, []);
  useLayoutEffect(() => {
    if (!isEmpty) toEnd();
  }, []);

  return (
    <ol
      ref={list}
      class="chat-lines"
      aria-label={t('chat.log')}
      data-part="chat-log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isEndShown.value = scrollHeight - scrollTop - clientHeight < END_PIXELS;
      }}
    >
      {isEmpty && (
        <li class="chat-empty quiet">
          <Icon of={MessagesSquare} />
          {t('chat.empty')}
        </li>
      )}
      {mergeByTime(chat, files).map(({ line, before, file }) =>
        file
          ? parts && <parts.FileLine key={`file-${file.id}`} file={file} />
          : line && (
              <Line
                key={`${line.role}-${line.id}`}
                line={line}
                before={before}
                isNewest={line === newestOwn}
              />
            ),
      )}
      {pending.map((line) => (
        <WaitingLine key={`pending-${line.id}`} line={line} />
      ))}
    </ol>
  );
}

/** Call *onChange* when the list gets smaller or larger: a keyboard that comes up must not hide its end. */
function watchSize(element: HTMLElement | null, onChange: () => void): () => void {
  if (!element || !('ResizeObserver' in window)) return () => undefined;
  const observer = new ResizeObserver(onChange);
  observer.observe(element);
  return () => observer.disconnect();
}
