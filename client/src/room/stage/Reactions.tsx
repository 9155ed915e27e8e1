// A reaction rises over the picture of the person who sent it, and is gone. The wire carries its name, never the drawing.

import { signal } from '@preact/signals';
import './Reactions.css';
import type { Reaction, Role } from '../../call/transport/wire';
import { call } from '../store/room-store';
import { ReactionSign } from './reaction-signs';

const SHOWN_MS = 3_000;

/** Nobody can read more at once. */
const SHOWN_MAX = 12;

interface Shown {
  readonly id: number;
  readonly role: Role;
  readonly reaction: Reaction;
}

const shown = signal<readonly Shown[]>([]);

/** Show the reactions that come from now on. */
export function startReactions(): void {
  let id = 0;
  call.subscribe({
    onReaction: ({ role, reaction }) => {
      id += 1;
      const newest = { id, role, reaction };
      shown.value = [...shown.value, newest].slice(-SHOWN_MAX);
      setTimeout(() => {
        shown.value = shown.value.filter((each) => each !== newest);
      }, SHOWN_MS);
    },
  });
}

export function Reactions({ of }: { readonly of: Role }) {
  const mine = shown.value.filter(({ role }) => role === of);
  return (
    <span class="reactions" data-part={`reactions-${of}`} aria-hidden="true">
      {mine.map(({ id, reaction }) => (
        // Each takes its own path, so that several can be told apart.
        <span key={id} class={`reaction path-${id % 3}`} data-reaction={reaction}>
          <ReactionSign of={reaction} />
        </span>
      ))}
    </span>
  );
}
