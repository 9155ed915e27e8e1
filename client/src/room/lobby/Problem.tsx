// What is in the way of a camera, a microphone or the whole call: its own picture, its own words, and what to do next.

import {
  AppWindow,
  CircleQuestionMark,
  ExternalLink,
  Frame,
  type IconNode,
  LockOpen,
  MonitorX,
  OctagonX,
  ShieldBan,
  Unplug,
  WebcamOff,
} from 'lucide';
import type { MediaProblem } from '../../call/media';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { call } from '../model';

const PICTURES: Readonly<Record<MediaProblem, IconNode>> = {
  insecure: LockOpen,
  unsupported: MonitorX,
  'permission-denied': ShieldBan,
  blocked: Frame,
  'not-found': WebcamOff,
  gone: Unplug,
  stopped: OctagonX,
  'in-use': AppWindow,
  unknown: CircleQuestionMark,
};

interface ProblemProps {
  readonly problem: MediaProblem;
}

/** In the place of the own picture. */
export function DeviceProblem({ problem }: ProblemProps) {
  return (
    <div class="preview-note" role="alert" data-part="device-problem" data-problem={problem}>
      <Icon of={PICTURES[problem]} />
      <h2>{t(`problem.${problem}.title`)}</h2>
      <p>{t(`problem.${problem}.text`)}</p>
      <p class="preview-actions">
        {problem === 'blocked' && (
          <a class="button" href={location.href} target="_blank" rel="noopener">
            <Icon of={ExternalLink} />
            {t('lobby.own-window')}
          </a>
        )}
        <button type="button" class="button" onClick={() => call.retryDevices()}>
          {t('problem.retry')}
        </button>
      </p>
    </div>
  );
}

/** In the place of everything: no call can be made here. */
export function PageProblem({ problem }: ProblemProps) {
  return (
    <section class="card lobby-problem" role="alert" data-part="page-problem" data-problem={problem}>
      <Icon of={PICTURES[problem]} />
      <h1>{t(`problem.${problem}.title`)}</h1>
      <p>{t(`problem.${problem}.text`)}</p>
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {t('problem.reload')}
      </button>
    </section>
  );
}
