// The lesson is over: who ended it, how long it was, and what it costs, as the service counted it.

import './Summary.css';
import { t } from '../i18n';
import { formatCost, formatDuration } from './format';
import { ownRole, state } from './model';

export function Summary() {
  const { outcome, session } = state.value;
  if (outcome?.kind !== 'ended') return null;
  const { endedBy, totalSeconds, billableSeconds, cost, statementUrl } = outcome.end;
  return (
    <main class="summary" data-part="summary">
      <div class="card summary-card">
        <h1>{t('end.title')}</h1>
        <p class="quiet">{t(endedByKey(endedBy))}</p>
        <dl>
          {cost && (
            <div class="summary-row summary-cost">
              <dt>{t('end.cost')}</dt>
              <dd class="numbers" data-part="final-cost">
                {formatCost(cost)}
              </dd>
            </div>
          )}
          {billableSeconds !== null && (
            <div class="summary-row">
              <dt>{t('end.billed')}</dt>
              <dd class="numbers" data-part="billed-time">
                {formatDuration(billableSeconds)}
              </dd>
            </div>
          )}
          <div class="summary-row">
            <dt>{t('end.total')}</dt>
            <dd class="numbers" data-part="total-time">
              {formatDuration(totalSeconds)}
            </dd>
          </div>
          {session && (
            <div class="summary-row">
              <dt>{t('end.id')}</dt>
              <dd>{session.id}</dd>
            </div>
          )}
        </dl>
        {statementUrl && (
          <p>
            <a href={statementUrl} target="_blank" rel="noopener">
              {t('end.statement')}
            </a>
          </p>
        )}
        <p class="quiet">{t(cost ? 'end.close' : 'end.no-bill')}</p>
      </div>
    </main>
  );
}

function endedByKey(endedBy: string) {
  if (endedBy === ownRole) return 'end.by.you';
  return endedBy === 'student' || endedBy === 'tutor' ? (`end.by.${endedBy}` as const) : 'end.by.other';
}
