// The listeners of a call: the page subscribes, the call emits.

import type { Levels, Speaking } from './media/speech-levels';
import type { CallState } from './state';
import type { Reaction, Role } from './transport/wire';

/** Shows the call. It may come late: `subscribe` tells it the present state. */
export interface CallListener {
  readonly onState: (state: CallState) => void;
  readonly onOwnStream: (stream: MediaStream | null) => void;
  readonly onRemoteStream: (stream: MediaStream | null) => void;
  /** The screens, each as long as it is shared. */
  readonly onOwnScreen: (stream: MediaStream | null) => void;
  readonly onRemoteScreen: (stream: MediaStream | null) => void;
  readonly onSpeaking: (speaking: Speaking) => void;
  readonly onLevels: (levels: Levels) => void;
  /** Null before the first connection. What goes over it is for the lesson's tools alone. */
  readonly onChannel: (channel: RTCDataChannel | null) => void;
  readonly onReaction: (shown: { readonly role: Role; readonly reaction: Reaction }) => void;
}

/** Do *step*. An error is thrown later, into the console: what follows the step happens all the same. */
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

  /** Tell every listener. A page that cannot draw must not stop the call. */
  emit<K extends keyof CallListener>(what: K, value: Parameters<CallListener[K]>[0]): void {
    for (const listener of this.all) {
      attempt(() => (listener[what] as ((value: unknown) => void) | undefined)?.(value));
    }
  }
}
