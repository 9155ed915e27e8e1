// Where one looks: the other person large, oneself small, and in between times what is going on.

import type { IconNode } from 'lucide';
import { Hourglass, MonitorSmartphone, ShieldAlert, WifiOff } from 'lucide';
import type { ComponentChildren } from 'preact';
import type { Key } from '../i18n';
import { t } from '../i18n';
import en from '../i18n/en.json';
import { Icon } from '../platform/icon';
import { blockingProblem, call, otherRole, ownRole, pageProblem, speaking, stage, state } from './model';
import { Tile } from './Tile';

export function Stage() {
  const { me, peer } = state.value;
  return (
    <section class="stage" aria-label={t('room.title')}>
      <div class="stage-remote">
        <Tile
          part="remote"
          role={otherRole}
          address={peer?.address ?? null}
          audio={peer?.audio ?? true}
          video={peer?.video ?? true}
          isSpeaking={speaking.value.remote && peer?.audio === true}
        />
      </div>
      <Between />
      <div class="stage-own">
        <Tile
          part="own"
          role={ownRole}
          address={me.address}
          audio={me.audio}
          video={me.video && state.value.outcome === null}
          isSpeaking={speaking.value.own}
        />
      </div>
    </section>
  );
}

/** What stands in the middle while there is no picture to look at, or something to decide. */
function Between() {
  if (blockingProblem.value) return <ProblemCard />;
  switch (stage.value) {
    case 'joining':
      return <Card title={t('room.joining')} isBusy />;
    case 'waiting':
      return (
        <Card title={t(`room.waiting.title.${otherRole}`)} icon={Hourglass}>
          <p>{t(state.value.hasStarted ? 'room.waiting.again' : 'room.waiting.text')}</p>
        </Card>
      );
    case 'connecting':
      return <Card title={t(`room.connecting.${otherRole}`)} isBusy />;
    case 'reconnecting':
      return (
        <Card title={t('room.reconnecting.title')} icon={WifiOff}>
          <p>{t('room.reconnecting.text')}</p>
        </Card>
      );
    case 'elsewhere':
    case 'moved':
      return <ElsewhereCard stage={stage.value} />;
    case 'refused':
      return <RefusedCard />;
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

function ElsewhereCard(props: { readonly stage: 'elsewhere' | 'moved' }) {
  return (
    <Card title={t(`${props.stage}.title`)} icon={MonitorSmartphone} isAlert>
      <p>{t(`${props.stage}.text`)}</p>
      <div class="card-actions">
        <button type="button" class="button primary" onClick={() => call.dispatch({ type: 'take-over' })}>
          {t('elsewhere.use')}
        </button>
      </div>
    </Card>
  );
}

function RefusedCard() {
  const { outcome } = state.value;
  const code = outcome?.kind === 'refused' ? outcome.code : '';
  const key = `refused.text.${code}`;
  const known = key in en ? (key as Key) : 'refused.text.other';
  return (
    <Card title={t('refused.title')} icon={ShieldAlert} isAlert>
      <p>{t(known, { code })}</p>
      <div class="card-actions">
        <button type="button" class="button primary" onClick={() => location.reload()}>
          {t('problem.reload')}
        </button>
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
