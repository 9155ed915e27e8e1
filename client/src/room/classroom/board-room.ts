// Who has the room in a small window: the board or the panel. Law: what gave way comes back by itself, and nobody who writes in the
// panel loses it because the other person shows them the board.

import { effect, signal } from '@preact/signals';
import { isBoardOpen } from '../store/board-state';
import { isPanelOpen, openPanel } from '../store/panel-state';
import { isWide } from '../store/room-store';

/** `both` have room beside each other; `one` at a time; in between the board has all of it until one asks for the panel. */
export type RoomFor = 'both' | 'either' | 'one';

export interface Open {
  readonly isBoardOpen: boolean;
  readonly isPanelOpen: boolean;
  /** The board has given way to the panel, and comes back after it. */
  readonly isBoardAside: boolean;
}

/** Below this the two halves of a window are too small to draw or to read in. */
const ONE_AT_A_TIME = '(max-width: 40rem), (max-height: 30rem)';

/** Share the room after *before* has become *now*. */
export function shareRoom(before: Open, now: Open, room: RoomFor): Open {
  const isOpened = now.isBoardOpen && !before.isBoardOpen;
  if (now.isBoardAside && (room === 'both' || !now.isPanelOpen))
    return { ...now, isBoardOpen: true, isBoardAside: false };
  if (!now.isBoardOpen || !now.isPanelOpen || room === 'both') return now;
  if (isOpened) return { isBoardOpen: true, isPanelOpen: false, isBoardAside: false };
  return room === 'one' ? { isBoardOpen: false, isPanelOpen: true, isBoardAside: true } : now;
}

const isBoardAside = signal(false);

/** Keep both in their places from now on. */
export function startSharing(): void {
  const small = matchMedia(ONE_AT_A_TIME);
  const isSmall = signal(small.matches);
  // Safari before 14 has no addEventListener here; the handler works everywhere.
  small.onchange = () => {
    isSmall.value = small.matches;
  };
  let before: Open = { isBoardOpen: false, isPanelOpen: false, isBoardAside: false };
  effect(() => {
    const now: Open = {
      isBoardOpen: isBoardOpen.value,
      isPanelOpen: isPanelOpen.value,
      isBoardAside: isBoardAside.value,
    };
    const next = shareRoom(before, now, readRoom(isWide.value, isSmall.value));
    before = next;
    isBoardAside.value = next.isBoardAside;
    isBoardOpen.value = next.isBoardOpen;
    if (next.isPanelOpen !== now.isPanelOpen) openPanel(next.isPanelOpen);
  });
}

function readRoom(wide: boolean, small: boolean): RoomFor {
  if (small) return 'one';
  return wide ? 'both' : 'either';
}

/** Tell whether the person writes where the board would take the place. */
export function isWritingBeside(): boolean {
  const field = document.activeElement?.closest('textarea, input, [contenteditable="true"]');
  return !isWide.peek() && Boolean(field?.closest('.panel'));
}
