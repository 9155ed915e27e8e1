// Hears where the other person points, and where they want one to look: on the board, or in a tab of the panel.

import { effect } from '@preact/signals';
import { readClock } from '../../base/clock';
import { readTabLook } from '../../classroom/tab-look';
import type { Shown } from '../../classroom/tool-line';
import { isShown } from '../../theme/apply-theme';
import { isPanelOpen } from '../store/panel-state';
import { bringToBoard } from './BoardPlace';
import { theirPointer } from './board-news';
import { bringToTab, cameFrom } from './panel-tab';
import { tools } from './tools-state';

/** Whoever asks one to look more often than this is not heard: one could not close the board. */
const BROUGHT_EVERY_MS = 3_000;

/** Hear it from now on. What the platform hides is not shown. */
export function startLooking(): void {
  // A closed panel is left, whoever closed it.
  effect(() => {
    if (!isPanelOpen.value) cameFrom.value = null;
  });
  let broughtMs = Number.NEGATIVE_INFINITY;
  effect(() => {
    const classroom = tools.classroom.value;
    if (!classroom) return;
    classroom.onShown = (shown) => {
      if (shown.kind === 'pointer') theirPointer.value = shown.bytes;
      else if (readClock() - broughtMs >= BROUGHT_EVERY_MS && look(shown)) broughtMs = readClock();
    };
  });
}

/** Returns whether there is anything to look at. */
function look({ kind, bytes }: Shown): boolean {
  if (kind === 'look-here') {
    if (isShown('board')) bringToBoard(bytes);
    return isShown('board');
  }
  const wanted = readTabLook(bytes);
  if (!wanted || !isShown(wanted.tab)) return false;
  bringToTab(wanted);
  return true;
}
