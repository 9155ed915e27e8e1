// The question of R39: the other person is gone, or a page claims what the other side's evidence does not support. The person
// waits or ends now; without an answer the service ends the session.

import './GraceDialog.css';
import type { CallState } from '../../call/state';
import { t } from '../../i18n/lazy-words';
import { Dialog } from '../../ui/Dialog';
import { call, now, otherRole, ownRole, state } from '../store/room-store';

export function GraceDialog() {
  const { warning, decision } = state.value;
  if (!warning || decision === 'wait') return null;
  // The clocks differ by a few ms: the page must not show 31 of 30 seconds.
  const left = Math.ceil((warning.deadline - now.value) / 1_000);
  const seconds = Math.min(Math.max(0, left), warning.gracePeriodSeconds);
  return (
    <Dialog key={warning.deadline} title={title(warning)} part="grace-dialog" hasDescription>
      <div class="grace-question">
        <Ring seconds={seconds} of={warning.gracePeriodSeconds} />
        <div id="grace-dialog-text">
          {warning.claims && <Claims claims={warning.claims} />}
          <p>{t(warning.cause === 'away' ? 'grace.text' : 'claim.text')}</p>
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

type Warning = NonNullable<CallState['warning']>;

function title({ cause, disconnectedRole }: Warning): string {
  switch (cause) {
    case 'media':
    case 'dispute':
    case 'silence':
      return t(`claim.title.${cause}`);
    default:
      return t(`grace.title.${disconnectedRole}`);
  }
}

const KNOWN = ['answers', 'is-received', 'no-answer', 'nothing-arrives', 'sends'] as const;

/** What each page claims. A claim that this page does not know, of a newer service, is left out. */
function Claims({ claims }: { readonly claims: NonNullable<Warning['claims']> }) {
  const { peer } = state.value;
  return (
    <dl class="grace-claims" data-part="grace-claims">
      {[otherRole, ownRole].map((role) => {
        const claim = KNOWN.find((known) => known === claims[role]);
        return (
          claim && (
            <div key={role}>
              <dt>
                {t(role === ownRole ? 'claim.you' : `claim.${role}`)}
                {role === otherRole && peer?.name && (
                  <>
                    {' '}
                    (<bdi>{peer.name}</bdi>)
                  </>
                )}
              </dt>
              <dd>{t(`claim.${claim}`)}</dd>
            </div>
          )
        );
      })}
    </dl>
  );
}

/** The seconds that are left, as a ring that empties. The words beside it say the same. */
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
