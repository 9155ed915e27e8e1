// The parts of the page that come in one file after it (room/later.ts). Each has its place in a part that is there before; the
// page's main.tsx says how the file is loaded.

import type { ComponentType } from 'preact';
import type { Role } from '../../call/transport/wire';

export interface LaterParts {
  /** Bring back what was kept of the chat. */
  readonly keepChat: () => void;
  /** The board, or the sign that there is something on it. */
  readonly BoardPlace: ComponentType;
  readonly Details: ComponentType;
  readonly Ends: ComponentType;
  readonly GraceDialog: ComponentType;
  readonly ListeningSign: ComponentType;
  readonly Menu: ComponentType;
  readonly MoveHandle: ComponentType;
  readonly Notices: ComponentType;
  /** The chat and the lesson's tools. */
  readonly PanelTabs: ComponentType;
  readonly Reactions: ComponentType<{ readonly of: Role }>;
  readonly Reconnecting: ComponentType;
  readonly Screens: ComponentType;
  readonly Waiting: ComponentType;
}

let load: () => Promise<LaterParts>;

/** Load the file by *fetch* when the first part is wanted, and after a failure again. */
export function bringLater(fetch: () => Promise<LaterParts>): void {
  load = fetch;
}

/** Resolves to the part *name*; rejects where the file does not come. */
export async function later<Name extends keyof LaterParts>(name: Name): Promise<LaterParts[Name]> {
  return (await load())[name];
}
