// Whether the board has the stage. What it is made of is loaded when it is first opened.

import { signal } from '@preact/signals';

export const isBoardOpen = signal(false);
