// What the call knows, as signals: the components only show them. The call itself was begun by boot.ts.

import { computed, effect, signal } from '@preact/signals';
import { readClock } from '../../base/clock';
import type { Speaking } from '../../call/media/speech-levels';
import { elapsedSeconds, type Stage, serverTime, stageOf } from '../../call/state';
import type { Role } from '../../call/transport/wire';
import { makeTimerUpdate } from '../../embed/bridge';
import { call, tellParent } from '../boot';
import { link, pageProblem } from '../camera';

export { call, pageProblem };

export const state = signal(call.state);
export const screens = signal<Readonly<Record<'own' | 'remote', MediaStream | null>>>({
  own: null,
  remote: null,
});
export const speaking = signal<Speaking>({ own: false, remote: false });

call.subscribe({
  onState: (next) => {
    state.value = next;
  },
  onOwnScreen: (own) => {
    screens.value = { ...screens.value, own };
  },
  onRemoteScreen: (remote) => {
    screens.value = { ...screens.value, remote };
  },
  onSpeaking: (next) => {
    speaking.value = next;
  },
});

/** Whether the two have been here together, also before this page was: who is missing has left. */
export const isBegun = computed(() => {
  const { hasStarted, bill } = state.value;
  return hasStarted || (bill !== null && bill.state !== 'waiting');
});

export const ownRole: Role = link.role;
export const otherRole: Role = link.role === 'student' ? 'tutor' : 'student';
export const stage = computed<Stage>(() => stageOf(state.value));

/** The service's time as this page knows it, Unix ms; counted up once a second. */
export const now = signal(readClock());
export const elapsed = computed(() => {
  void now.value;
  return elapsedSeconds(state.value, readClock());
});

/** The device problem that needs the whole stage: nothing can be seen or heard of the own side. */
export const blockingProblem = computed(() => {
  const { problem, missing } = state.value;
  return pageProblem ?? (problem && missing.audio && missing.video ? problem : null);
});

const SHOWN_STATES: Readonly<Record<Stage, string>> = {
  lobby: 'lobby',
  joining: 'connecting',
  waiting: 'waiting',
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  elsewhere: 'error',
  moved: 'error',
  refused: 'error',
  ended: 'ended',
};

effect(() => {
  // The lobby says itself what is in the way of a device: one may join all the same.
  const isBlocked = blockingProblem.value && stage.value !== 'ended' && stage.value !== 'lobby';
  const shown = isBlocked ? 'error' : SHOWN_STATES[stage.value];
  document.documentElement.dataset['callState'] = shown;
});

// On the second of the session, not of this page: both sides change their timer together.
function tick(): void {
  const { session, outcome } = state.value;
  now.value = serverTime(state.value, readClock());
  if (session && !outcome) {
    tellParent(makeTimerUpdate(session.id, ownRole, elapsed.value, now.value));
  }
  const intoSecond = session ? (((now.value - session.start) % 1_000) + 1_000) % 1_000 : 0;
  // A few ms late rather than early: early would show the second before twice.
  setTimeout(tick, 1_000 - intoSecond + 5);
}
setTimeout(tick, 0);

/** Switch a device to what it is not: two quick presses come before the button is drawn anew. */
export function toggleDevice(device: 'audio' | 'video'): void {
  call.dispatch({ type: 'switch', device, on: !state.peek().me[device] });
}
