// The session is over: who ended it, how long it was, what was free, and what it costs, as the service counted it.

import { ArrowRight, CircleCheck, ReceiptText } from 'lucide';
import './Summary.css';
import { inOwnLanguage, locale } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { formatCost, formatDuration } from '../../i18n/localized';
import { Icon } from '../../ui/Icon';
import { takeHome } from '../classroom/LazyTakeHome';
import { type NextPage, readNextPage } from '../embedding/next-page';
import { openNextPage, openOutside } from '../embedding/open-link';
import { recordingBar } from '../store/recording-state';
import { link, ownRole, state } from '../store/room-store';
import { FullScreen } from './FullScreen';

export function Summary() {
  const { outcome, session } = state.value;
  const { value: Recording } = recordingBar;
  if (outcome?.kind !== 'ended') return null;
  const { endedBy, cost, statementUrl } = outcome.end;
  const next = readNextPage(link.token);
  return (
    <FullScreen
      part="summary"
      icon={CircleCheck}
      tone="good"
      title={t('end.title')}
      text={t(endedByKey(endedBy))}
      isAlert={endedBy !== ownRole}
    >
      <p class="interlude-text">{t('home.thanks')}</p>
      <Figures />
      {Recording && <Recording />}
      {(next || statementUrl) && <WaysOn next={next} statementUrl={statementUrl} />}
      <p class="interlude-small">{t(cost ? 'end.close' : 'end.no-bill')}</p>
      {session && (
        <p class="interlude-small">
          {t('end.id')} <code dir="ltr">{session.id}</code>
        </p>
      )}
      {/* It comes a moment later: nothing stands below that would move. */}
      <takeHome.View />
    </FullScreen>
  );
}

interface WaysOnProps {
  readonly next: NextPage | null;
  readonly statementUrl: string | null;
}

function WaysOn({ next, statementUrl }: WaysOnProps) {
  return (
    <div class="interlude-actions">
      {next && <GoOn to={next} />}
      {statementUrl && (
        <a
          class={next ? 'button' : 'button primary'}
          href={inOwnLanguage(statementUrl)}
          target="_blank"
          rel="noopener"
          onClick={openOutside}
        >
          <Icon of={ReceiptText} />
          {t('end.statement')}
        </a>
      )}
    </div>
  );
}

/** Stands for the host in its sentence. */
const MARK = '\n';

/** The one way on. Whoever embeds the call hears of it before this page goes. */
function GoOn({ to: { href, host } }: { readonly to: NextPage }) {
  const [before, after] = t('end.next', { host: MARK }).split(MARK);
  return (
    <a
      class="button primary go-on"
      data-part="next-page"
      href={href}
      target="_top"
      rel="noopener noreferrer"
      onClick={openNextPage}
    >
      <span>
        {before}
        <bdi dir="ltr">{host}</bdi>
        {after}
      </span>
      <Icon of={ArrowRight} />
    </a>
  );
}

function Figures() {
  const { outcome } = state.value;
  if (outcome?.kind !== 'ended') return null;
  const { totalSeconds, billableSeconds, cost, pauses } = outcome.end;
  const freeSeconds = billableSeconds === null ? 0 : totalSeconds - billableSeconds;
  return (
    <dl class="card summary">
      {cost && (
        <Row name={t('end.cost')} part="final-cost" isMain>
          {formatCost(cost)}
        </Row>
      )}
      {billableSeconds !== null && (
        <Row name={t('end.billed')} part="billed-time">
          {formatDuration(billableSeconds)}
        </Row>
      )}
      {freeSeconds > 0 && (
        <Row name={t('end.free')} part="free-time">
          {formatDuration(freeSeconds)}
        </Row>
      )}
      {pauses > 0 && (
        <Row name={t('end.pauses')} part="pauses">
          {formatNumber(locale.value, pauses)}
        </Row>
      )}
      <Row name={t('end.total')} part="total-time">
        {formatDuration(totalSeconds)}
      </Row>
    </dl>
  );
}

interface RowProps {
  readonly name: string;
  readonly part: string;
  readonly isMain?: boolean;
  readonly children: string;
}

function Row({ name, part, isMain = false, children }: RowProps) {
  return (
    <div class={isMain ? 'summary-row summary-cost' : 'summary-row'}>
      <dt>{name}</dt>
      <dd class="numbers" data-part={part}>
        {children}
      </dd>
    </div>
  );
}

function endedByKey(endedBy: string) {
  if (endedBy === ownRole) return 'end.by.you';
  return endedBy === 'student' || endedBy === 'tutor' ? (`end.by.${endedBy}` as const) : 'end.by.other';
}
