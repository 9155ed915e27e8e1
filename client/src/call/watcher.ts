// Who shows a call, as the call sees it.

import type { Levels, Speaking } from './levels';
import type { CallState } from './state';
import type { Reaction, Role } from './wire';

/** Shows the call. It may come late: `watch` tells it how things stand. */
export interface CallWatcher {
  readonly onState: (state: CallState) => void;
  readonly onOwnStream: (stream: MediaStream | null) => void;
  readonly onRemoteStream: (stream: MediaStream | null) => void;
  /** The screens, each as long as it is shared. */
  readonly onOwnScreen: (stream: MediaStream | null) => void;
  readonly onRemoteScreen: (stream: MediaStream | null) => void;
  readonly onSpeaking: (speaking: Speaking) => void;
  readonly onLevels: (levels: Levels) => void;
  readonly onReaction: (shown: { readonly role: Role; readonly reaction: Reaction }) => void;
}

/** Do *step*, and whatever comes after it also when it fails; the console has the error. */
export function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

export class Watchers {
  private readonly all: Partial<CallWatcher>[] = [];

  add(watcher: Partial<CallWatcher>): void {
    this.all.push(watcher);
  }

  /** Tell all of them. What cannot be drawn is no reason not to meet. */
  tell<K extends keyof CallWatcher>(what: K, value: Parameters<CallWatcher[K]>[0]): void {
    for (const watcher of this.all) {
      attempt(() => (watcher[what] as ((value: unknown) => void) | undefined)?.(value));
    }
  }
}
