// What the menu shows: whoever has something to offer gives a list of entries, read anew whenever the menu is drawn.

import type { IconNode } from 'lucide';

export interface MenuEntry {
  /** Names the button for tests and styles: `data-part="more-…"`. */
  readonly part: string;
  readonly icon: IconNode;
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
  readonly title?: string;
  readonly entries: readonly MenuEntry[];
}

export type MakeSection = () => MenuSection | null;
