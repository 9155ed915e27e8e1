// Which of the page's windows are open, where one part opens what another part shows.

import { signal } from '@preact/signals';

/** The list of keys. */
export const isHelpOpen = signal(false);

/** The figures of the connection. */
export const isConnectionOpen = signal(false);
