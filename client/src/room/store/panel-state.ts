// Whether the side panel is open, and whether there is room for it beside the stage.

import { signal } from '@preact/signals';
import { isShown } from '../look';

/** Wide enough for the panel to stand beside the stage and not on it. */
const wide = matchMedia('(min-width: 56.01rem)');

/** Tell whether there is anything in it: a platform may show neither. */
export function hasPanel(): boolean {
  return isShown('chat') || isShown('details');
}

export const isWide = signal(wide.matches);
export const isPanelOpen = signal(wide.matches && hasPanel());

// A window that shrinks, or a page that is zoomed, keeps the other's picture; who is writing goes on writing.
wide.addEventListener('change', () => {
  isWide.value = wide.matches;
  if (!document.activeElement?.closest('.panel')) openPanel(wide.matches);
});

/** Whether one goes on where one writes, once that is there: the chat may still be on its way. */
export const isMessageWanted = signal(false);

export function openPanel(open: boolean): void {
  isMessageWanted.value = false;
  isPanelOpen.value = open && hasPanel();
}

/** Open the panel for somebody who goes on by key: to write. */
export function openToWrite(): void {
  openPanel(true);
  isMessageWanted.value = isPanelOpen.value;
}
