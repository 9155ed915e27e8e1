// Who shows a call, as the call sees it.

import type { Levels, Speaking } from './media/speech-levels';
import type { CallState } from './state';
import type { Reaction, Role } from './transport/wire';

/** Shows the call. It may come late: `watch` tells it how things stand. */
export interface CallListener {
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

export class Listeners {
  private readonly all: Partial<CallListener>[] = [];

  add(listener: Partial<CallListener>): void {
    this.all.push(listener);
  }

  /** Tell all of them. What cannot be drawn is no reason not to meet. */
  emit<K extends keyof CallListener>(what: K, value: Parameters<CallListener[K]>[0]): void {
    for (const listener of this.all) {
      attempt(() => (listener[what] as ((value: unknown) => void) | undefined)?.(value));
    }
  }
}
