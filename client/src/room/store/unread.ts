// Counts the other person's lines that were not seen: a line is seen while it stands on a visible screen. The button and the
// tab's title show the count before the chat is loaded.

import { computed, effect, signal } from '@preact/signals';
import type { ChatLine } from '../../call/transport/wire';
import { isPanelOpen } from './panel-state';
import { ownRole, state } from './room-store';

/** Whether the end of the chat is on the page. */
export const isEndShown = signal(false);

/** The id of the newest line of the other person that was seen. */
export const seenId = signal<string | null>(null);

/** How many of the other person's files came while the chat was not seen. */
export const newFiles = signal(0);

const isPageVisible = signal(true);

const received = computed(() => state.value.chat.filter(({ role }) => role !== ownRole));

/** How many of the other person's lines and files were not seen. */
export const unread = computed(() => {
  const lines = received.value;
  let newer = 0;
  while (newer < lines.length && lines[lines.length - 1 - newer]?.id !== seenId.value) newer += 1;
  return newer + newFiles.value;
});

/** The other person's newest line, for a moment while the chat is closed; passing-notices.ts sets it. */
export const passingLine = signal<ChatLine | null>(null);

/** Note from now on which lines the person has seen. */
export function startUnread(): void {
  const readVisibility = () => {
    isPageVisible.value = !document.hidden;
  };
  readVisibility();
  document.addEventListener('visibilitychange', readVisibility);
  effect(() => {
    const newest = received.value[received.value.length - 1];
    // A closed panel is on the screen until the next frame; what comes in between was not read.
    const isRead = isPanelOpen.value && isEndShown.value && isPageVisible.value;
    if (isRead && newest) seenId.value = newest.id;
    if (isRead && newFiles.value > 0) newFiles.value = 0;
  });
}
