// The bill: whether the meter runs and if not why, the cost so far, and how much of the prepaid time is left.

import './BillLine.css';
import { type BillCounter, costShown, secondsLeft, secondsShown } from '../../base/bill-counter';
import { hasStalled } from '../../call/state';
import type { ServerFrameOf } from '../../call/transport/wire';
import { t } from '../../i18n';
import { formatCost, formatDuration } from '../../i18n/localized';
import { elapsed, now, state } from '../store/room-store';

type Bill = ServerFrameOf<'bill'>;

/** From the service's first notice on, the prepaid rest is shown large. */
const SHORT_SECONDS = 300;

export function BillLine() {
  const { bill, counted } = state.value;
  return (
    <p class="bill" data-part="bill" data-running={bill?.running === true}>
      <span class="visually-hidden">{t('bill.label')}: </span>
      <Amount bill={bill} counted={counted} />
      {bill && counted && <Meter bill={bill} counted={counted} />}
      {counted && <Left counted={counted} />}
    </p>
  );
}

interface AmountProps {
  readonly bill: Bill | null;
  readonly counted: BillCounter | null;
}

function Amount({ bill, counted }: AmountProps) {
  const minor = counted && costShown(counted, elapsed.value);
  if (!bill?.cost || minor === null) return <span class="quiet">{t('bill.none')}</span>;
  return (
    <strong class="bill-cost numbers" data-part="cost">
      {formatCost({ ...bill.cost, minor })}
    </strong>
  );
}

function Meter({ bill, counted }: { readonly bill: Bill; readonly counted: BillCounter }) {
  const [tone, words] = standing(bill);
  const hasBegun = bill.state !== 'waiting';
  return (
    // A new element once the meter has begun: it takes the old one's place, and nothing moves.
    <span key={hasBegun} class="bill-meter">
      {hasBegun && (
        <span class="bill-time quiet numbers">
          {t('bill.billed', { time: formatDuration(secondsShown(counted, elapsed.value)) })}
        </span>
      )}{' '}
      <span class={`badge bill-state ${tone}`} data-part="bill-state">
        <span class="bill-dot" aria-hidden="true" />
        {words}
      </span>
    </span>
  );
}

/** Say whether the meter runs and if not why. While nothing arrives it is not said to run: the service may not know yet. */
function standing({ running, reason, state: at }: Bill): readonly [tone: string, words: string] {
  if (running) {
    return hasStalled(state.value) ? ['paused', t('bill.why.no-media')] : ['runs', t('bill.running')];
  }
  if (at === 'waiting') return [at, t('bill.waiting')];
  return [at, `${t('bill.paused')}: ${t(whyKey(at, reason))}`];
}

function Left({ counted }: { readonly counted: BillCounter }) {
  const left = secondsLeft(counted, now.value);
  if (left === null) return null;
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
