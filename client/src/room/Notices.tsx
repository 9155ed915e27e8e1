// What one should know without being stopped by it: a development link, a device that is missing, a lost service.

import { Info, TriangleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import './Notices.css';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { formatDuration } from './format';
import { blockingProblem, call, now, otherRole, stage, state } from './model';

const ASSUMED = ['address', 'language', 'sessionStart', 'shortAddress'] as const;

export function Notices() {
  const { assumed, away, problem, missing, socket, session } = state.value;
  const what = ASSUMED.filter((name) => assumed.includes(name)).map((name) => t(`notice.assumed.${name}`));
  return (
    <div class="notices">
      {what.length > 0 && <Notice>{t('notice.assumed', { what: what.join(', ') })}</Notice>}
      {socket === 'lost' && (
        <Notice isWarning>
          {t(session && stage.value === 'live' ? 'notice.offline' : 'notice.offline-waiting')}
        </Notice>
      )}
      <LowBalance />
      {away && stage.value === 'live' && <Notice isWarning>{t(`notice.away.${otherRole}`)}</Notice>}
      {problem && !blockingProblem.value && (missing.audio || missing.video) && (
        <Notice isWarning>
          {t(missing.video ? 'notice.only-audio' : 'notice.only-video', { why: t(`why.${problem}`) })}
          <button type="button" class="notice-button" onClick={() => call.retryDevices()}>
            {t('notice.retry')}
          </button>
          <button
            type="button"
            class="notice-button"
            onClick={() => call.dispatch({ type: 'dismiss-problem' })}
          >
            {t('notice.dismiss')}
          </button>
        </Notice>
      )}
    </div>
  );
}

/** The service gives notice; the minutes left are counted to the moment it names. */
function LowBalance() {
  const { lowBalanceSeconds, bill } = state.value;
  if (lowBalanceSeconds === null) return null;
  const left = bill?.capAt ? Math.max(0, Math.ceil((bill.capAt - now.value) / 1_000)) : lowBalanceSeconds;
  return <Notice isWarning>{t('notice.low-balance', { time: formatDuration(left) })}</Notice>;
}

function Notice(props: { readonly isWarning?: boolean; readonly children: ComponentChildren }) {
  return (
    <div class={props.isWarning ? 'notice warning' : 'notice'} data-part="notice">
      <Icon of={props.isWarning ? TriangleAlert : Info} />
      <p>{props.children}</p>
    </div>
  );
}
