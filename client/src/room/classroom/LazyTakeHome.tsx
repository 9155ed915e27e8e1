// Where the lesson is taken home. What makes files of it is loaded at the end, and only where there can be something to keep.

import { t } from '../../i18n/lazy-words';
import { makeLazy } from '../../ui/lazy';

export const takeHome = makeLazy(
  () => import('./TakeHome').then(({ TakeHome }) => TakeHome),
  ({ hasFailed, onRetry }) =>
    hasFailed ? (
      <button type="button" class="button" onClick={onRetry}>
        {t('notice.retry')}
      </button>
    ) : null,
);
