// The bill as the service last told it; when the meter stands still it says so, and why.

import './BillLine.css';
import { t } from '../i18n';
import { countOn } from '../platform/counting';
import { formatCost, formatDuration } from './format';
import { now, state } from './model';

export function BillLine() {
  const { bill } = state.value;
  return (
    <p class="bill" data-part="bill">
      <span class="visually-hidden">{t('bill.label')}: </span>
      {bill?.cost ? (
        <strong class="bill-cost numbers">{formatCost(bill.cost)}</strong>
      ) : (
        <span class="quiet">{t('bill.none')}</span>
      )}
      {bill && (
        <span class="quiet numbers">
          {t('bill.billed', { time: formatDuration(countOn(bill, now.value)) })}
        </span>
      )}
      {bill && !bill.running && <PauseBadge state={bill.state} reason={bill.reason} />}
    </p>
  );
}

function PauseBadge(props: { readonly state: string; readonly reason: string | null }) {
  if (props.state === 'waiting') return <span class="badge">{t('bill.waiting')}</span>;
  return (
    <span class="badge bill-paused">
      {t('bill.paused')}: {t(whyKey(props.state, props.reason))}
    </span>
  );
}

function whyKey(state: string, reason: string | null) {
  if (state === 'grace') return 'bill.why.grace';
  switch (reason) {
    case 'alone':
    case 'grace':
    case 'no-media':
    case 'quota':
      return `bill.why.${reason}` as const;
    default:
      return 'bill.why.other';
  }
}
