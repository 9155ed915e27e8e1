// The final bill with the sum that explains it.

import { RotateCcw } from 'lucide';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { inOwnLanguage, locale, t } from '../i18n';
import { formatAmount } from '../i18n/format';
import { formatShortDuration } from '../i18n/localized';
import type { Session, SessionEnd } from '../platform/api';
import { ownUrl, writeSegment } from '../platform/service-urls';
import { Icon } from '../ui/Icon';
import { startAgain } from './demo-platform';
import { nameOf } from './describe';

export function FinalBill({ bill, ended }: { bill: Session; ended: SessionEnd }): VNode {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const rate = formatAmount(locale.value, bill.ratePerHour);
  const cost = formatAmount(locale.value, bill.cost);
  return (
    <section class="card bill" aria-labelledby="bill-title">
      <h2 id="bill-title" ref={title} tabIndex={-1}>
        {t('demo.bill.title')}
      </h2>
      <dl class="rows">
        <Row name={t('demo.bill.total-time')}>{formatShortDuration(ended.totalSeconds)}</Row>
        <Row name={t('demo.bill.billed-time')}>{formatShortDuration(bill.billableSeconds)}</Row>
        <Row name={t('demo.bill.rate')}>{t('demo.meter.per-hour', { amount: rate })}</Row>
        <Row name={t('demo.bill.ended-by')}>{nameOf(ended.endedBy)}</Row>
        <div class="sum">
          <dt>{t('demo.bill.to-pay')}</dt>
          <dd data-part="final-cost">{cost}</dd>
        </div>
      </dl>
      <p class="fine">
        {t('demo.bill.sum', {
          seconds: bill.billableSeconds,
          rate,
          cost,
        })}
      </p>
      <div class="actions">
        <button type="button" class="button primary" onClick={startAgain}>
          <Icon of={RotateCcw} />
          {t('demo.new-lesson')}
        </button>
        <a
          class="button"
          href={inOwnLanguage(ownUrl(`/sessions/${writeSegment(bill.sessionId)}`))}
          target="_blank"
          rel="noopener"
        >
          {t('demo.bill.statement')}
        </a>
      </div>
    </section>
  );
}

function Row({ name, children }: { name: string; children: string }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
