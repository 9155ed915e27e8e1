// The problem of a device or of the whole page, loaded when there is one: most people never see it.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { blockingProblem, stage, state } from '../store/room-store';

export const problems = makeLazy(
  () => import('./Problem').then(({ Problem }) => Problem),
  ({ hasFailed, onRetry }) => (
    <div class={stage.value === 'lobby' ? 'preview-note' : 'stage-card'} role="alert">
      <h2>{t(`problem.${blockingProblem.value ?? state.value.problem ?? 'unknown'}.title`)}</h2>
      {hasFailed && (
        <button type="button" class="button" onClick={onRetry}>
          {t('notice.retry')}
        </button>
      )}
    </div>
  ),
);
