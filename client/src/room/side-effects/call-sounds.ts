// A short tune when the other person comes, goes or writes.

import { effect } from '@preact/signals';
import { playTune, type Tune } from '../devices/sound';
import { devices, otherRole, state } from '../store/room-store';

/** A tune opens the computer's sound, and the page stands still for it: the first picture comes before. */
const CAME_AFTER_MS = 600;

interface Heard {
  readonly isThere: boolean;
  readonly lines: number;
}

/** Play the tunes from now on, where the person wants them. */
export function startCallSounds(): void {
  let before = readHeard();
  effect(() => {
    const now = readHeard();
    const tune = tuneOf(before, now);
    before = now;
    const { hasSounds, speaker } = devices.choices.get();
    if (!tune || !hasSounds || state.value.outcome) return;
    setTimeout(() => void playTune(tune, speaker), tune === 'came' ? CAME_AFTER_MS : 0);
  });
}

function readHeard(): Heard {
  const { peer, away, chat } = state.value;
  const lines = chat.filter(({ role }) => role === otherRole).length;
  return { isThere: peer !== null && away === null, lines };
}

/** Choose the tune for the step from *before* to *now*; null for none. */
export function tuneOf(before: Heard, now: Heard): Tune | null {
  if (now.isThere !== before.isThere) return now.isThere ? 'came' : 'went';
  return now.lines > before.lines ? 'wrote' : null;
}
