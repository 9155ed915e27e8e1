// The entries of the menu, and whether it is open. A group makes its entries anew whenever the menu is drawn.

import { signal } from '@preact/signals';
import type { IconNode } from 'lucide';
import { createRef } from 'preact';
import type { Reaction } from '../../call/transport/wire';

export interface MenuEntry {
  /** Names the button for tests and styles: `data-part="more-…"`. */
  readonly part: string;
  readonly icon?: IconNode;
  /** In place of an icon and the label: the drawing of this reaction. */
  readonly sign?: Reaction;
  readonly label: string;
  /** Whether it is on or chosen; left out by an entry that only does something. */
  readonly isPressed?: boolean;
  /** The key that does the same, for aria-keyshortcuts and for the eye. */
  readonly letter?: string;
  readonly onClick: () => void;
  /** The menu stays open after a click: the person may want to try the next entry. */
  readonly keepsOpen?: boolean;
}

export interface MenuSection {
  readonly name: string;
  readonly title: string;
  /** The icon of a group that is folded under its title. */
  readonly fold?: IconNode;
  /** Signs beside each other; a screen reader hears their labels. */
  readonly isRow?: boolean;
  readonly entries: readonly MenuEntry[];
}

export type MakeSection = () => MenuSection | null;

export const isMenuOpen = signal(false);
export const menuButton = createRef<HTMLButtonElement>();

/** Close the menu and give the keyboard back to its button. */
export function closeMenu(): void {
  menuButton.current?.focus();
  isMenuOpen.value = false;
}
