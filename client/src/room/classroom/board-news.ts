// What the other person shows on the board, before it is loaded and after.

import { signal } from '@preact/signals';

/** Where they point (board-signs.ts); empty for nowhere. */
export const theirPointer = signal<Uint8Array>(new Uint8Array());

/** Where they want one to look; null once one has. */
export const theirView = signal<Uint8Array | null>(null);
