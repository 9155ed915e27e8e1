// The one polite live region: what a person who does not see the page has to know, in one sentence at a time.

import { computed } from '@preact/signals';
import { t } from '../i18n';
import { otherRole, stage, state } from './model';

const sentence = computed(() => {
  const { chat, me, away } = state.value;
  const last = chat[chat.length - 1];
  if (away) return t(`notice.away.${otherRole}`);
  if (last && last.role !== me.role && stage.value === 'live') {
    return `${t(`role.${last.role}`)}: ${last.text}`;
  }
  return t(`status.${stage.value}`);
});

export function LiveRegion() {
  return (
    <p class="visually-hidden" role="status">
      {sentence.value}
    </p>
  );
}
