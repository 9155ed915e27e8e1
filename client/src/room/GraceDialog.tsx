// R39: the other side is gone. Wait for them, or end now; without an answer the service ends the lesson.

import { t } from '../i18n';
import { Dialog } from './Dialog';
import { call, now, state } from './model';

export function GraceDialog() {
  const { warning, decision } = state.value;
  if (!warning || decision === 'wait') return null;
  const seconds = Math.max(0, Math.ceil((warning.deadline - now.value) / 1_000));
  return (
    <Dialog key={warning.deadline} title={t(`grace.title.${warning.disconnectedRole}`)} part="grace-dialog">
      <p>{t('grace.text')}</p>
      <p class="quiet numbers" data-part="grace-countdown">
        {t('grace.countdown', { seconds })}
      </p>
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          disabled={decision !== null}
          onClick={() => call.dispatch({ type: 'decide', decision: 'end' })}
        >
          {t('grace.end')}
        </button>
        <button
          type="button"
          class="button primary"
          disabled={decision !== null}
          onClick={() => call.dispatch({ type: 'decide', decision: 'wait' })}
        >
          {t('grace.wait')}
        </button>
      </div>
    </Dialog>
  );
}
