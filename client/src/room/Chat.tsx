// The chat between the two (R7). Times are the service's, so both sides read the same; text stays text.

import { SendHorizontal } from 'lucide';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Chat.css';
import { CHAT_CHARACTERS_MAX, type ChatLine } from '../call/wire';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { formatTime } from './format';
import { call, ownRole, state } from './model';

export function Chat() {
  const { chat, pending } = state.value;
  const end = useRef<HTMLLIElement>(null);
  const isEmpty = chat.length + pending.length === 0;
  useLayoutEffect(() => {
    const list = end.current?.parentElement;
    // Asking for the height makes the browser lay the page out at once: not for an empty list.
    if (list && !isEmpty) list.scrollTop = list.scrollHeight;
  }, [chat.length, pending.length]);
  return (
    <section class="chat" aria-labelledby="chat-title">
      <h2 id="chat-title">{t('panel.chat')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard. */}
      <ol class="chat-lines" aria-label={t('chat.log')} data-part="chat-log" tabIndex={0}>
        {isEmpty && <li class="chat-empty quiet">{t('chat.empty')}</li>}
        {chat.map((line) => (
          <Line key={`${line.role}-${line.id}`} line={line} />
        ))}
        {pending.map(({ id, text }) => (
          <li key={`pending-${id}`} class="chat-line own pending">
            <p class="chat-text">{text}</p>
            <p class="chat-meta">{t('chat.pending')}</p>
          </li>
        ))}
        <li ref={end} class="chat-end" aria-hidden="true" />
      </ol>
      <Composer />
    </section>
  );
}

function Line({ line }: { readonly line: ChatLine }) {
  const isOwn = line.role === ownRole;
  return (
    <li class={isOwn ? 'chat-line own' : 'chat-line'} data-part="chat-line">
      <p class="chat-text" dir="auto">
        {line.text}
      </p>
      <p class="chat-meta">
        {isOwn ? t('chat.you') : t(`role.${line.role}`)} ·{' '}
        <time dateTime={new Date(line.timestamp).toISOString()}>{formatTime(line.timestamp)}</time>
      </p>
    </li>
  );
}

function Composer() {
  const box = useRef<HTMLTextAreaElement>(null);
  const send = () => {
    const text = box.current?.value.trim() ?? '';
    if (!text || !box.current) return;
    call.say(text);
    box.current.value = '';
  };
  return (
    <form
      class="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        class="field"
        rows={1}
        dir="auto"
        maxLength={CHAT_CHARACTERS_MAX}
        aria-label={t('chat.label')}
        placeholder={t('chat.placeholder')}
        onKeyDown={(event) => {
          // Enter also ends the composition of a Japanese or Chinese word: that one is not for us.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="button primary" aria-label={t('chat.send')} title={t('chat.send')}>
        <Icon of={SendHorizontal} />
      </button>
    </form>
  );
}
