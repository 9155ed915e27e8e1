// The one polite live region: what a person who does not see the page has to know, in one breath at a time. It stands in
// the dialog that is open, since a modal one takes the rest of the page away from them.

import { effect, signal } from '@preact/signals';
import type { CallState } from '../call/state';
import { t } from '../i18n';
import { Announcer, findNews, type News } from '../room/status/announcements';
import { whyKey } from '../room/status/BillLine';
import { call, otherRole, ownRole, state } from '../room/store/call-store';

/** Long enough that what belongs together comes together, short enough to be news. */
const TOGETHER_MS = 600;

/** Then it is gone: the same sentence a second time must be news again. */
const STANDS_MS = 12_000;

const said = signal('');
const announcer = new Announcer();
let isDue = false;
let before: CallState = state.value;

effect(() => {
  const now = state.value;
  const last = now.chat[now.chat.length - 1];
  for (const news of findNews(before, now)) {
    if (!isHeardAnyway(news)) announce(news.topic, `${say(news, now)}.`);
  }
  const isNew = last && last.id !== before.chat[before.chat.length - 1]?.id;
  if (isNew && last.role !== ownRole && before.session) {
    announce(`chat ${last.id}`, `${t(`role.${last.role}`)}: ${last.text}`);
  }
  before = now;
});

call.subscribe({
  onReaction: ({ role, reaction }) => {
    if (role === otherRole) announce('reaction', `${t(`role.${role}`)}: ${t(`reaction.${reaction}`)}.`);
  },
});

/** Say *sentence* soon, in place of what was to be said of the same *topic*. */
export function announce(topic: string, sentence: string): void {
  announcer.add(topic, sentence);
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    said.value = announcer.take();
    const now = said.value;
    setTimeout(() => {
      if (said.value === now) said.value = '';
    }, STANDS_MS);
  }, TOGETHER_MS);
}

export function LiveRegion() {
  return (
    <p class="visually-hidden" role="status" data-part="live-region">
      {said.value}
    </p>
  );
}

/** A button that is pressed says itself whether it is. */
function isHeardAnyway({ who, topic }: News): boolean {
  const part = topic.split(' ')[1] ?? '';
  return who === ownRole && document.activeElement?.getAttribute('data-part') === part;
}

function say({ who, what }: News, { bill }: CallState): string {
  switch (what) {
    case 'away':
      return t(`notice.away.${otherRole}`);
    case 'gone':
      return t(`grace.title.${who ?? otherRole}`);
    case 'reconnecting':
    case 'connected':
      return t(what === 'connected' ? 'status.live' : 'status.reconnecting');
    case 'billing-runs':
      return t('news.billing-runs');
    case 'billing-paused':
      return t('news.billing-paused', { why: t(whyKey(bill?.state ?? '', bill?.reason ?? null)) });
    default:
      return `${who === ownRole || who === null ? t('room.you') : t(`role.${who}`)}: ${t(`news.${what}`)}`;
  }
}
