// The tab's title says who is there, and how much of the chat is unread.

import { computed, effect } from '@preact/signals';
import { t } from '../../i18n';
import { otherRole, stage, state } from '../store/room-store';
import { unread } from '../store/unread';

/** With each title the browser looks for the page's icon anew: not while two are about to see each other. */
const TITLE_AFTER_MS = 500;

export function startTabTitle(): void {
  const title = computed(() => {
    const { peer } = state.value;
    const isLive = stage.value === 'live';
    const who = peer?.name ?? t(`role.${otherRole}`);
    const what = isLive ? `● ${who}` : t(`status.${stage.value}`);
    const count = unread.value > 0 ? `(${unread.value}) ` : '';
    return `${count}${what} – ${t('room.title')}`;
  });
  effect(() => {
    const next = title.value;
    const timer = setTimeout(() => {
      document.title = next;
    }, TITLE_AFTER_MS);
    return () => clearTimeout(timer);
  });
}
