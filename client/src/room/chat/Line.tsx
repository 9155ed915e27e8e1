// One line of chat: text with its links, its time, whether it is sent, and a button to copy it.

import { Check, Clock3, TriangleAlert } from 'lucide';
import { useState } from 'preact/hooks';
import type { PendingLine } from '../../call/state';
import type { ChatLine } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { formatTime, shortAddress } from '../../i18n/localized';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { openOutside } from '../embedding/open-link';
import { otherRole, ownRole, state } from '../store/room-store';
import { isEmojiOnly } from './characters';
import { linkify } from './linkify';
import { isLong } from './visible';

/** After this time a line shows its author's name again. */
const GROUP_MS = 5 * 60_000;

interface LineProps {
  readonly line: ChatLine;
  readonly before: ChatLine | undefined;
  /** Whether it is the newest own line: it says in words that it was sent, the others with a tick. */
  readonly isNewest: boolean;
}

export function Line({ line, before, isNewest }: LineProps) {
  const isOwn = line.role === ownRole;
  const isFirst = before?.role !== line.role || line.timestamp - before.timestamp > GROUP_MS;
  return (
    <li
      class={`chat-line${isOwn ? ' own' : ''}${isFirst ? ' first' : ''}`}
      data-part="chat-line"
      data-id={line.id}
    >
      <p class={isFirst ? 'chat-author' : 'visually-hidden'}>{isOwn ? t('chat.you') : <Author />}</p>
      <Text text={line.text} />
      <p class="chat-meta">
        <time dateTime={new Date(line.timestamp).toISOString()}>{formatTime(line.timestamp)}</time>
        {isOwn && (
          <span class="chat-state" data-part="chat-state">
            <Icon of={Check} />
            <span class={isNewest ? '' : 'visually-hidden'}>{t('chat.sent')}</span>
          </span>
        )}
        <CopyButton text={line.text} label={t('chat.copy')} class="chat-copy" isIcon />
      </p>
    </li>
  );
}

/** An own line that the service has not confirmed. */
export function WaitingLine({ line }: { readonly line: PendingLine }) {
  const isGoing = state.value.socket === 'joined' && !line.refused;
  return (
    <li class="chat-line own first pending" data-part="chat-pending">
      <Text text={line.text} />
      <p class="chat-meta">
        <span class={isGoing ? 'chat-state' : 'chat-state unsent'} data-part="chat-state">
          <Icon of={isGoing ? Clock3 : TriangleAlert} />
          {t(isGoing ? 'chat.pending' : line.refused ? whyKey(line.refused) : 'chat.unsent')}
        </span>
        <CopyButton text={line.text} label={t('chat.copy')} class="chat-copy" isIcon />
      </p>
    </li>
  );
}

function whyKey(code: string) {
  return code === 'chat-blank' ? 'chat.blank' : 'chat.refused';
}

/** Who the other person is, as far as it is known. */
export function Author() {
  const { peer } = state.value;
  return (
    <>
      <span class={`badge ${otherRole}`}>{t(`role.${otherRole}`)}</span>
      {peer && <bdi>{peer.name ?? shortAddress(peer.address)}</bdi>}
    </>
  );
}

function Text({ text }: { readonly text: string }) {
  const [isFolded, setFolded] = useState(isLong(text));
  return (
    <>
      <Words text={text} style={isFolded ? 'folded' : isEmojiOnly(text) ? 'emoji' : ''} />
      {isFolded && (
        <button type="button" class="chat-more" onClick={() => setFolded(false)}>
          {t('chat.more')}
        </button>
      )}
    </>
  );
}

function Words({ text, style }: { readonly text: string; readonly style: string }) {
  return (
    <p class={`chat-text ${style}`} dir="auto">
      {linkify(text).map((token) =>
        token.kind === 'text' ? (
          token.text
        ) : (
          <a
            dir="ltr"
            href={token.href}
            title={token.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            onClick={openOutside}
          >
            {token.shown}
          </a>
        ),
      )}
    </p>
  );
}
