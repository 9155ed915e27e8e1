// The bill: whether the meter runs and if not why, what it has come to, and how much of what was prepaid is left.

import './BillLine.css';
import type { ServerFrameOf } from '../../call/wire';
import { t } from '../../i18n';
import { costOn, countOn } from '../../platform/counting';
import { formatCost, formatDuration } from '../format';
import { now, state } from '../model';

type Bill = ServerFrameOf<'bill'>;

/** From the service's first notice on, what is left is no small print any more. */
const SHORT_SECONDS = 300;

export function BillLine() {
  const { bill } = state.value;
  return (
    <p class="bill" data-part="bill" data-running={bill?.running === true}>
      <span class="visually-hidden">{t('bill.label')}: </span>
      <Amount bill={bill} />
      {bill && <Meter bill={bill} />}
      {bill && <Left bill={bill} />}
    </p>
  );
}

function Amount({ bill }: { readonly bill: Bill | null }) {
  const minor = bill && costOn(bill, now.value);
  if (!bill?.cost || minor === null) return <span class="quiet">{t('bill.none')}</span>;
  return (
    <strong class="bill-cost numbers" data-part="cost">
      {formatCost({ ...bill.cost, minor })}
    </strong>
  );
}

function Meter({ bill }: { readonly bill: Bill }) {
  const { running, reason } = bill;
  const word = running ? t('bill.running') : t(bill.state === 'waiting' ? 'bill.waiting' : 'bill.paused');
  const why = running || bill.state === 'waiting' ? null : t(whyKey(bill.state, reason));
  return (
    <span class="bill-meter">
      <span class="bill-time quiet numbers">
        {t('bill.billed', { time: formatDuration(countOn(bill, now.value)) })}
      </span>{' '}
      <span class={`badge bill-state ${running ? 'runs' : bill.state}`} data-part="bill-state">
        <span class="bill-dot" aria-hidden="true" />
        {why === null ? word : `${word}: ${why}`}
      </span>
    </span>
  );
}

function Left({ bill: { running, capAt, capSeconds, billableSeconds } }: { readonly bill: Bill }) {
  const seconds =
    running && capAt !== null ? (capAt - now.value) / 1_000 : capSeconds && capSeconds - billableSeconds;
  if (seconds === null) return null;
  const left = Math.max(0, Math.ceil(seconds));
  return (
    <span
      class={left <= SHORT_SECONDS ? 'bill-left is-short numbers' : 'bill-left numbers'}
      data-part="bill-left"
    >
      {t('bill.left', { time: formatDuration(left) })}
    </span>
  );
}

export function whyKey(state: string, reason: string | null) {
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
