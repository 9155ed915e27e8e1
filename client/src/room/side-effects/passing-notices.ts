// Notices that stand for a while and go by themselves: a line of chat, a device that was swapped, a seat that was taken over.

import { computed, effect } from '@preact/signals';
import type { LaterKey } from '../../i18n';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { announce } from '../../ui/LiveRegion';
import { passingNotice, retouchNews } from '../store/notice-state';
import { isPanelOpen } from '../store/panel-state';
import { devices, otherRole, state } from '../store/room-store';
import { passingLine } from '../store/unread';

export const NOTICE_MS = 8_000;

/** Long enough to look at the person who is there now. */
const TAKEN_OVER_MS = 60_000;

export function startPassingNotices(): void {
  showLines();
  devices.subscribe({
    onSwapped: ({ device, label }) => showNotice(`notice.swapped.${device}`, label, NOTICE_MS),
  });
  showTakeovers();
  effect(() => {
    if (retouchNews.value) showNotice(retouchNews.value, '', NOTICE_MS);
  });
}

/** Show what the other person writes for a moment where the chat is closed, as on most phones. */
function showLines(): void {
  const received = computed(() => state.value.chat.filter(({ role }) => role === otherRole));
  let before = received.value.length;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const isClosed = !isPanelOpen.value && isShown('chat');
    const lines = received.value;
    const isNew = lines.length > before;
    before = lines.length;
    if (!isClosed) passingLine.value = null;
    else if (isNew) {
      passingLine.value = lines[lines.length - 1] ?? null;
      clearTimeout(timer);
      timer = setTimeout(() => {
        passingLine.value = null;
      }, NOTICE_MS);
    }
  });
}

/** Another person with the link may have taken the seat over: whoever sees them can tell. */
function showTakeovers(): void {
  const page = computed(() => (state.value.tookOver ? state.value.peer?.page : undefined));
  effect(() => {
    if (page.value) showNotice(`notice.taken-over.${otherRole}`, '', TAKEN_OVER_MS);
  });
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Show and say *key* for *ms*, in place of an earlier notice. */
export function showNotice(key: LaterKey, label: string, ms: number): void {
  passingNotice.value = { key, label };
  announce('passing-notice', t(key, { label }));
  clearTimeout(timer);
  timer = setTimeout(() => {
    passingNotice.value = null;
  }, ms);
}
