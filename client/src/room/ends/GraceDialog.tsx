// R39: the other side is gone. Wait for them, or end now; without an answer the service ends the lesson.

import './GraceDialog.css';
import { t } from '../../i18n';
import { Dialog } from '../Dialog';
import { call, now, state } from '../model';

export function GraceDialog() {
  const { warning, decision } = state.value;
  if (!warning || decision === 'wait') return null;
  // The clocks differ by a few ms: nobody is to see 31 of 30 seconds.
  const left = Math.ceil((warning.deadline - now.value) / 1_000);
  const seconds = Math.min(Math.max(0, left), warning.gracePeriodSeconds);
  return (
    <Dialog
      key={warning.deadline}
      title={t(`grace.title.${warning.disconnectedRole}`)}
      part="grace-dialog"
      hasDescription
    >
      <div class="grace-question">
        <Ring seconds={seconds} of={warning.gracePeriodSeconds} />
        <div id="grace-dialog-text">
          <p>{t('grace.text')}</p>
          <p class="quiet numbers" data-part="grace-countdown">
            {t('grace.countdown', { seconds })}
          </p>
        </div>
      </div>
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
          autofocus
          disabled={decision !== null}
          onClick={() => call.dispatch({ type: 'decide', decision: 'wait' })}
        >
          {t('grace.wait')}
        </button>
      </div>
    </Dialog>
  );
}

/** The seconds that are left, as a ring that empties; the words beside it say the same. */
function Ring({ seconds, of }: { readonly seconds: number; readonly of: number }) {
  const left = of > 0 ? Math.min(1, seconds / of) : 0;
  return (
    <svg
      class={seconds <= 10 ? 'grace-ring soon' : 'grace-ring'}
      viewBox="0 0 64 64"
      width="72"
      height="72"
      aria-hidden="true"
      data-part="grace-ring"
      data-left={left}
    >
      <circle cx="32" cy="32" r="28" />
      <circle class="left" cx="32" cy="32" r="28" pathLength={1} stroke-dasharray={`${left} 1`} />
      <text x="32" y="32">
        {seconds}
      </text>
    </svg>
  );
}
