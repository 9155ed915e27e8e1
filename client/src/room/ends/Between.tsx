// What stands in the middle of the stage while there is no picture to look at, or something to decide.

import type { IconNode } from 'lucide';
import { ShieldAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { blockingProblem, call, otherRole, pageProblem, stage } from '../model';
import { Reconnecting } from './Reconnecting';
import { Waiting } from './Waiting';

export function Between() {
  if (blockingProblem.value) return <ProblemCard />;
  switch (stage.value) {
    case 'joining':
      return <Card title={t('room.joining')} isBusy />;
    case 'waiting':
      return <Waiting />;
    case 'connecting':
      return <Card title={t(`room.connecting.${otherRole}`)} isBusy />;
    case 'reconnecting':
      return <Reconnecting />;
    default:
      return <h1 class="visually-hidden">{t('room.title')}</h1>;
  }
}

function ProblemCard() {
  const problem = blockingProblem.value ?? 'unknown';
  return (
    <Card title={t(`problem.${problem}.title`)} icon={ShieldAlert} isAlert>
      <p>{t(`problem.${problem}.text`)}</p>
      <div class="card-actions">
        <button
          type="button"
          class="button primary"
          onClick={() => (pageProblem ? location.reload() : call.retryDevices())}
        >
          {t('problem.retry')}
        </button>
        {!pageProblem && (
          <button type="button" class="button" onClick={() => call.dispatch({ type: 'dismiss-problem' })}>
            {t('problem.without')}
          </button>
        )}
      </div>
    </Card>
  );
}

interface CardProps {
  readonly title: string;
  readonly icon?: IconNode;
  readonly isBusy?: boolean;
  readonly isAlert?: boolean;
  readonly children?: ComponentChildren;
}

function Card({ title, icon, isBusy = false, isAlert = false, children }: CardProps) {
  return (
    <div class="stage-card" role={isAlert ? 'alert' : undefined} data-part="stage-card">
      {isBusy && <span class="stage-busy" aria-hidden="true" />}
      {icon && <Icon of={icon} />}
      <h1>{title}</h1>
      {children}
    </div>
  );
}
