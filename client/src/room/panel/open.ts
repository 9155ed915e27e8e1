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

export function openPanel(open: boolean): void {
  isPanelOpen.value = open && hasPanel();
}

/** Go on where one writes, once the panel is drawn: in the next frame. */
export function focusMessage(): void {
  const focus = () => document.querySelector<HTMLElement>('.chat-form textarea')?.focus();
  requestAnimationFrame(() => requestAnimationFrame(focus));
}
