// The problem of a camera, a microphone or the whole page: an icon, what it means, and what to do next.

import {
  AppWindow,
  CircleQuestionMark,
  ExternalLink,
  Frame,
  Hourglass,
  type IconNode,
  LockOpen,
  MonitorX,
  OctagonX,
  ShieldBan,
  Unplug,
  WebcamOff,
} from 'lucide';
import './Problem.css';
import type { MediaProblem } from '../../call/media/open-devices';
import { t } from '../../i18n/lazy-words';
import { CopyButton } from '../../ui/CopyButton';
import { Icon } from '../../ui/Icon';
import { ownLink } from '../embedding/invite-links';
import { openOutside } from '../embedding/open-link';
import { blockingProblem, call, pageProblem, stage, state } from '../store/room-store';

const PICTURES: Readonly<Record<MediaProblem, IconNode>> = {
  insecure: LockOpen,
  unsupported: MonitorX,
  'permission-denied': ShieldBan,
  blocked: Frame,
  'not-found': WebcamOff,
  gone: Unplug,
  stopped: OctagonX,
  'in-use': AppWindow,
  unanswered: Hourglass,
  unknown: CircleQuestionMark,
};

export function Problem() {
  if (pageProblem) return <PageProblem problem={pageProblem} />;
  return stage.value === 'lobby' ? <PreviewProblem /> : <StageProblem />;
}

interface ProblemProps {
  readonly problem: MediaProblem;
}

/** In the place of the own picture, in the lobby: the person may join all the same. */
function PreviewProblem() {
  const problem = state.value.problem ?? 'unknown';
  return (
    <div class="preview-note" role="alert" data-part="device-problem" data-problem={problem}>
      <Icon of={PICTURES[problem]} />
      <h2>{t(`problem.${problem}.title`)}</h2>
      <p>{t(`problem.${problem}.text`)}</p>
      <p class="preview-actions">
        {problem === 'blocked' && <OwnWindow />}
        <button type="button" class="button" onClick={() => call.retryDevices()}>
          {t('problem.retry')}
        </button>
      </p>
    </div>
  );
}

/** On the stage, in the call, of a person who is neither seen nor heard. */
function StageProblem() {
  const problem = blockingProblem.value ?? 'unknown';
  return (
    <div class="stage-card" role="alert" data-part="device-problem" data-problem={problem}>
      <Icon of={PICTURES[problem]} />
      <h1>{t(`problem.${problem}.title`)}</h1>
      <p>{t(`problem.${problem}.text`)}</p>
      <div class="card-actions">
        {problem === 'blocked' ? (
          <OwnWindow />
        ) : (
          <button type="button" class="button primary" onClick={() => call.retryDevices()}>
            {t('problem.retry')}
          </button>
        )}
        <button type="button" class="button" onClick={() => call.dispatch({ type: 'dismiss-problem' })}>
          {t('problem.without')}
        </button>
      </div>
    </div>
  );
}

/** The page around this one may forbid the camera; in a window of its own it cannot. */
function OwnWindow() {
  return (
    <a class="button" href={location.href} target="_blank" rel="noopener" onClick={openOutside}>
      <Icon of={ExternalLink} />
      {t('lobby.own-window')}
    </a>
  );
}

/** In the place of everything: no call can be made here. */
function PageProblem({ problem }: ProblemProps) {
  return (
    <section class="card page-problem" role="alert" data-part="page-problem" data-problem={problem}>
      <Icon of={PICTURES[problem]} />
      <h1>{t(`problem.${problem}.title`)}</h1>
      <p>{t(`problem.${problem}.text`)}</p>
      <WayOut problem={problem} />
    </section>
  );
}

/** Offer the same page over HTTPS, or the link for another browser. In a frame only a reload can help. */
function WayOut({ problem }: ProblemProps) {
  const own = ownLink({ href: location.href, isEmbedded: window.self !== window.top });
  // A service with a port of its own most likely speaks no HTTPS there.
  if (own && problem === 'insecure' && location.port === '') {
    return (
      <a class="button primary" href={own.replace(/^http:/, 'https:')}>
        {t('problem.https')}
      </a>
    );
  }
  if (own && problem === 'unsupported') {
    return <CopyButton class="button primary" part="copy-own" label={t('waiting.device')} text={own} />;
  }
  return (
    <button type="button" class="button primary" onClick={() => location.reload()}>
      {t('problem.reload')}
    </button>
  );
}
