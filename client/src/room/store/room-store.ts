// What the page knows, as signals: components show them and dispatch actions to the call. boot.ts makes the call and hands it
// in; before `connectStore` nothing here happens.

import { computed, effect, type Signal, signal } from '@preact/signals';
import { readClock } from '../../base/clock';
import type { MediaKind } from '../../base/media-kind';
import type { Call } from '../../call/call';
import type { CallLink } from '../../call/link';
import type { PageProblem } from '../../call/media/device-permissions';
import type { Devices } from '../../call/media/devices';
import type { Speaking } from '../../call/media/speech-levels';
import { type CallState, elapsedSeconds, type Stage, serverTime, stageOf } from '../../call/state';
import type { Role } from '../../call/transport/wire';
import { makeTimerUpdate, type ParentPage } from '../../embed/bridge';

/** What boot.ts makes and the pages show. */
export interface RoomParts {
  readonly call: Call;
  readonly devices: Devices;
  readonly link: CallLink;
  readonly parent: ParentPage;
  /** What makes every call impossible on this page; then none is begun. */
  readonly pageProblem: PageProblem | null;
  readonly hasLobby: boolean;
  /** Resolves to whether the devices were opened without asking the person. */
  readonly mayOpen: Promise<boolean>;
}

export let call: Call;
export let devices: Devices;
export let link: CallLink;
export let parent: ParentPage;
export let pageProblem: PageProblem | null;
export let ownRole: Role;
export let otherRole: Role;
export let state: Signal<CallState>;

export const ownScreen = signal<MediaStream | null>(null);
export const remoteScreen = signal<MediaStream | null>(null);
export const speaking = signal<Speaking>({ own: false, remote: false });

/** Whether there is room for the panel beside the stage. */
export const isWide = signal(false);

/** Windows that one part opens and another shows: the list of keys, and the figures of the connection. */
export const isHelpOpen = signal(false);
export const isConnectionOpen = signal(false);

/** Whether the two have been here together, also before this page was: a missing peer has left then. */
export const isBegun = computed(() => {
  const { hasStarted, bill } = state.value;
  return hasStarted || (bill !== null && bill.state !== 'waiting');
});

export const stage = computed<Stage>(() => stageOf(state.value));

/** The service's time as this page knows it, Unix ms; counted up once a second. */
export const now = signal(0);
export const elapsed = computed(() => {
  void now.value;
  return elapsedSeconds(state.value, readClock());
});

/** The device problem that needs the whole stage: nothing can be seen or heard of the own side. */
export const blockingProblem = computed(() => {
  const { problem, missing } = state.value;
  return pageProblem ?? (problem && missing.audio && missing.video ? problem : null);
});

/** What `data-call-state` calls the stages that it does not call by their own name. */
const SHOWN_STATES: Partial<Record<Stage, string>> = {
  joining: 'connecting',
  elsewhere: 'error',
  moved: 'error',
  refused: 'error',
};

/** Follow the call of *parts* from now on. The lobby's page and the call's both ask for it; once is enough. */
export function connectStore(parts: RoomParts): void {
  if (call) return;
  ({ call, devices, link, parent, pageProblem } = parts);
  ownRole = link.role;
  otherRole = ownRole === 'student' ? 'tutor' : 'student';
  state = signal(call.state);
  now.value = readClock();
  call.subscribe({
    onState: (next) => {
      state.value = next;
    },
    onOwnScreen: (stream) => {
      ownScreen.value = stream;
    },
    onRemoteScreen: (stream) => {
      remoteScreen.value = stream;
    },
    onSpeaking: (next) => {
      speaking.value = next;
    },
  });
  effect(() => {
    // The lobby shows a device problem itself: the person may join all the same.
    const isBlocked = blockingProblem.value && stage.value !== 'ended' && stage.value !== 'lobby';
    const shown = isBlocked ? 'error' : (SHOWN_STATES[stage.value] ?? stage.value);
    document.documentElement.dataset['callState'] = shown;
  });
  setTimeout(tick, 0);
}

/** Count up on the second of the session, not of this page: both sides change their timer together. */
function tick(): void {
  const { session, outcome } = state.value;
  now.value = serverTime(state.value, readClock());
  if (session && !outcome) {
    parent.tell(makeTimerUpdate(session.id, ownRole, elapsed.value, now.value));
  }
  const intoSecond = session ? (((now.value - session.start) % 1_000) + 1_000) % 1_000 : 0;
  // A few ms late rather than early: early would show the second before twice.
  setTimeout(tick, 1_000 - intoSecond + 5);
}

/** Switch a device to what it is not: two quick presses come before the button is drawn anew. */
export function toggleDevice(device: MediaKind): void {
  call.dispatch({ type: 'switch', device, on: !state.peek().me[device] });
}
