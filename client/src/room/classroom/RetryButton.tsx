// In place of a part that does not come: nothing while it may, then a button that asks for it again.

import { t } from '../../i18n/lazy-words';

interface RetryButtonProps {
  readonly hasFailed: boolean;
  readonly onRetry: () => void;
}

export function RetryButton({ hasFailed, onRetry }: RetryButtonProps) {
  if (!hasFailed) return null;
  return (
    <button type="button" class="button" onClick={onRetry}>
      {t('notice.retry')}
    </button>
  );
}
