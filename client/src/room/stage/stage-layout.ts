// The layout of the stage: the person chooses it, and the browser keeps it for the next session where it may.

import { computed, effect, signal } from '@preact/signals';
import { isBoardOpen } from '../store/board-state';
import { remoteScreen } from '../store/room-store';
import type { Corner } from './corners';
import { DEFAULT_LAYOUT, LAYOUTS, type Layout, type LayoutChoice, parseLayoutChoice } from './layout-choice';

const KEY = 'langdao:layout';

export const layout = signal<Layout>(DEFAULT_LAYOUT.layout);
export const corner = signal<Corner>(DEFAULT_LAYOUT.corner);

/** For this call only: the next session shows the own picture again. */
export const isOwnHidden = signal(false);

/** For this call only: the other's picture is shown whole, also where that leaves much of its place empty. */
export const isWhole = signal(false);

/** Only the other person is shown. */
export const isAlone = computed(() => isOwnHidden.value || layout.value === 'spotlight');
/** What shows a shared screen is loaded after the first picture; until then the people keep their places. */
export const isScreenReady = signal(false);
/** A shared screen, or the board, is large in every layout, with both people beside it. */
export const hasScreen = computed(
  () => (isScreenReady.value && remoteScreen.value !== null) || isBoardOpen.value,
);
export const isOwnSmall = computed(() => layout.value === 'speaker' && !hasScreen.value);

/** The classes of the corner: `at-bottom at-end`. */
export const ownPlace = computed(() => {
  const [row, column] = corner.value.split('-');
  return isOwnSmall.value ? `at-${row} at-${column}` : '';
});

/** The small picture lies on the other person's name: the name makes room. */
export const isOnName = computed(() => isOwnSmall.value && !isAlone.value && corner.value === 'bottom-start');

/** Lay the pictures as the person chose in an earlier session, and keep what they choose from now on. */
export function startLayout(): void {
  ({ layout: layout.value, corner: corner.value } = readChoice());
  effect(() => {
    const choice: LayoutChoice = { layout: layout.value, corner: corner.value };
    try {
      localStorage.setItem(KEY, JSON.stringify(choice));
    } catch {
      // Forbidden or full: the next session begins as the first did.
    }
  });
}

export function chooseNextLayout(): void {
  layout.value = LAYOUTS[(LAYOUTS.indexOf(layout.value) + 1) % LAYOUTS.length] ?? DEFAULT_LAYOUT.layout;
}

function readChoice(): LayoutChoice {
  try {
    return parseLayoutChoice(localStorage.getItem(KEY));
  } catch {
    return DEFAULT_LAYOUT;
  }
}
