// The board's place on the stage: a small sign while it is closed and has something new, else the board. The board itself is loaded
// when it is first opened.

import { effect, signal } from '@preact/signals';
import { Presentation } from 'lucide';
import { useEffect } from 'preact/hooks';
import './BoardPlace.css';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { Icon } from '../../ui/Icon';
import { makeLazy } from '../../ui/lazy';
import { isBoardOpen } from '../store/board-state';
import { theirView } from './board-news';
import { isWritingBeside, startSharing } from './board-room';
import { tools } from './tools-state';

const board = makeLazy(
  () => import('./Board').then(({ Board }) => Board),
  ({ hasFailed, onRetry }) => (
    <div class="screen board">
      {hasFailed && (
        <button type="button" class="button" onClick={onRetry}>
          {t('notice.retry')}
        </button>
      )}
    </div>
  ),
);

/** The other person has drawn something since this person saw the board. */
const hasNews = signal(false);

export function BoardPlace() {
  useEffect(() => {
    if (isBoardOpen.value) void tools.open();
  }, [isBoardOpen.value]);
  if (isBoardOpen.value) return <board.View />;
  return (
    <output class="board-sign-place">
      {hasNews.value && (
        <button
          type="button"
          class="board-sign"
          data-part="board-sign"
          onClick={() => {
            isBoardOpen.value = true;
          }}
        >
          <Icon of={Presentation} />
          <span>{t('board.sign')}</span>
        </button>
      )}
    </output>
  );
}

/** The button beside the tabs. */
export function BoardButton() {
  if (!isShown('board')) return null;
  return (
    <button
      type="button"
      class="button tab-action board-button"
      data-part="board-button"
      aria-label={t('board.title')}
      aria-pressed={isBoardOpen.value}
      title={t('board.title')}
      onClick={() => {
        isBoardOpen.value = !isBoardOpen.value;
      }}
    >
      <Icon of={Presentation} />
    </button>
  );
}

/** The other person wants one to look at a part of the board (board-signs.ts). Who writes where it would be gets a sign. */
export function bringToBoard(part: Uint8Array): void {
  theirView.value = part;
  if (isWritingBeside()) hasNews.value = true;
  else isBoardOpen.value = true;
}

/** Hear from now on what the other person draws. */
export function startBoard(): void {
  if (!isShown('board')) return;
  startSharing();
  effect(() => {
    const classroom = tools.classroom.value;
    if (!classroom) return undefined;
    const drawn = classroom.doc.getMap('board');
    const look = (_event: unknown, { local }: { readonly local: boolean }) => {
      if (!local && !isBoardOpen.peek()) hasNews.value = drawn.size > 0;
    };
    drawn.observe(look);
    return () => drawn.unobserve(look);
  });
  effect(() => {
    if (isBoardOpen.value) hasNews.value = false;
  });
}
