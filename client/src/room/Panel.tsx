// The side panel: the chat, and above it what this lesson is. On a small screen it covers the stage.

import { computed, effect, signal } from '@preact/signals';
import { X } from 'lucide';
import './Panel.css';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { Chat } from './Chat';
import { Details } from './Details';
import { ownRole, state } from './model';

const WIDE = '(min-width: 56.01rem)';

export const isPanelOpen = signal(matchMedia(WIDE).matches);

const seen = signal(0);
const received = computed(() => state.value.chat.filter(({ role }) => role !== ownRole).length);
export const unread = computed(() => Math.max(0, received.value - seen.value));

effect(() => {
  if (isPanelOpen.value) seen.value = received.value;
});

export function openPanel(open: boolean): void {
  isPanelOpen.value = open;
}

export function Panel() {
  if (!isPanelOpen.value) return null;
  return (
    <aside class="panel" aria-label={t('panel.title')}>
      <button
        type="button"
        class="panel-close"
        aria-label={t('panel.close')}
        title={t('panel.close')}
        onClick={() => openPanel(false)}
      >
        <Icon of={X} />
      </button>
      <Details />
      <Chat />
    </aside>
  );
}
