// The running cost, as the billing backend says it. Between its words it is shown as in the two calls (counting.ts).

import type { VNode } from 'preact';
import { costShown, secondsShown } from '../base/bill-counter';
import type { Role } from '../embed/parent-events';
import { locale, t } from '../i18n';
import { formatAmount, withOwnDigits } from '../i18n/format';
import { formatShortDuration } from '../i18n/localized';
import type { Session } from '../platform/api';
import { demoState } from './demo-platform';

export function Meter(): VNode {
  const { bill, counted, timer, elapsed, feedLost } = demoState.value;
  const minor = counted && costShown(counted, elapsed);
  return (
    <section class="card meter" aria-labelledby="meter-title">
      <h2 id="meter-title">{t('demo.meter.title')}</h2>
      <p class="amount" data-part="cost">
        {bill && minor !== null ? formatAmount(locale.value, { ...bill.cost, minor }) : '–'}
      </p>
      <p class="state" role="status" data-state={bill?.state ?? 'none'}>
        <span class="dot" aria-hidden="true" />
        {bill === null ? t('demo.state.none') : stateOf(bill)}
      </p>
      <dl class="figures">
        <Figure name={t('demo.meter.billed')} part="billed">
          {formatShortDuration(counted ? secondsShown(counted, elapsed) : 0)}
        </Figure>
        <Figure name={t('demo.meter.timer')} part="timer">
          {timer === null ? '–' : withOwnDigits(locale.value, timer)}
        </Figure>
        <Figure name={t('demo.meter.rate')} part="rate">
          {bill === null
            ? '–'
            : t('demo.meter.per-hour', { amount: formatAmount(locale.value, bill.ratePerHour) })}
        </Figure>
      </dl>
      <ul class="people">
        <Person seat="student" />
        <Person seat="tutor" />
      </ul>
      {feedLost && bill?.ended === null && <p class="notice">{t('demo.feed-lost')}</p>}
    </section>
  );
}

/** Say in one line whether the meter runs, and if not why. */
function stateOf(bill: Session): string {
  const state = t(`demo.state.${bill.state}`);
  switch (bill.reason) {
    case 'alone':
    case 'no-media':
    case 'grace':
      return `${state}: ${t(`demo.reason.${bill.reason}`)}`;
    default:
      return state;
  }
}

function Figure({ name, part, children }: { name: string; part: string; children: string }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-part={part}>{children}</dd>
    </div>
  );
}

function Person({ seat }: { seat: Role }): VNode {
  const { bill, quality } = demoState.value;
  const isHere = bill?.participants[seat].connected ?? false;
  const known = quality[seat];
  return (
    <li data-connected={isHere}>
      <span class="dot" aria-hidden="true" />
      <span class="person">{t(`demo.${seat}.name`)}</span>
      <span class="quality">
        {isHere && known !== null
          ? t(`demo.quality.${known}`)
          : t(isHere ? 'demo.connected' : 'demo.not-connected')}
      </span>
    </li>
  );
}
