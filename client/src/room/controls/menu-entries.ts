// What the menu shows: whoever has something to offer gives a list of entries, read anew whenever the menu is drawn.

import { signal } from '@preact/signals';
import type { IconNode } from 'lucide';
import { createRef } from 'preact';

export interface MenuEntry {
  /** Names the button for tests and styles: `data-part="more-…"`. */
  readonly part: string;
  readonly icon?: IconNode;
  /** In place of an icon: a character, such as 👍. */
  readonly sign?: string;
  readonly label: string;
  /** Whether it is on or chosen; left out by what only does something. */
  readonly isPressed?: boolean;
  /** The letter that does the same, for aria-keyshortcuts and the eye. */
  readonly letter?: string;
  readonly onClick: () => void;
  /** Stay open: one may want to try the next. */
  readonly keepsOpen?: boolean;
}

export interface MenuSection {
  readonly name: string;
  readonly title?: string;
  /** Folded under its title with this icon: what one chooses once need not be in the way of the rest. */
  readonly fold?: IconNode;
  /** Signs beside each other, named for those who do not see them. */
  readonly isRow?: boolean;
  readonly entries: readonly MenuEntry[];
}

export type MakeSection = () => MenuSection | null;

export const isMenuOpen = signal(false);
export const menuButton = createRef<HTMLButtonElement>();

/** Close the menu and give the keyboard back to its button: what was chosen begins there. */
export function closeMenu(): void {
  menuButton.current?.focus();
  isMenuOpen.value = false;
}
