// The lobby's own state, as signals: what is shown of the devices before the person joins.

import { computed, signal } from '@preact/signals';
import { startChosenRetouch } from '../devices/LazyRetouch';
import { awaitGesture } from '../devices/sound';
import { onFirstFrame } from '../page/pictures';
import { call, devices, pageProblem, state, toggleDevice } from '../store/room-store';

/** The microphone's level is shown after this time even without a picture. */
const SETTLE_MS_MAX = 1_500;

/** Whether the browser was asked for the devices, or is about to be. Null until it has said if asking needs a gesture. */
export const isAsked = signal<boolean | null>(null);
export const picture = signal<MediaStream | null>(null);
export const microphone = signal<MediaStreamTrack | null>(null);
/** Whether the picture is there, or has taken too long: what is less important waits for it. */
export const isSettled = signal(false);

/** Follow the own devices from now on; *mayOpen* resolves to whether they open without asking the person. */
export function startLobby(mayOpen: Promise<boolean>): void {
  awaitGesture();
  startChosenRetouch();
  isAsked.value = devices.isOpen || null;
  void mayOpen.then((may) => {
    isAsked.value = isAsked.value || may;
  });
  call.subscribe({
    onOwnStream: (stream) => {
      picture.value = stream;
    },
  });
  devices.subscribe({
    onTrack: (kind, track) => {
      if (kind === 'audio') microphone.value = track;
    },
  });
  microphone.value = devices.tracks.audio;
  const settle = () => {
    isSettled.value = true;
  };
  onFirstFrame('own', settle);
  setTimeout(settle, SETTLE_MS_MAX);
}

/** What is shown in the place of the own picture. */
export type Shown = 'picture' | 'starting' | 'off' | 'ask' | 'problem';

export const shown = computed<Shown>(() => {
  const { me, problem, missing } = state.value;
  if (pageProblem) return 'problem';
  if (problem && missing.video) return 'problem';
  if (problem && missing.audio && !picture.value) return 'problem';
  if (!me.video && !(me.audio && isAsked.value === false)) return 'off';
  if (isAsked.value === false) return 'ask';
  return picture.value ? 'picture' : 'starting';
});

/** Whether the other person would see or hear this person after joining now. */
export const hasAnything = computed(() => {
  const { me } = state.value;
  return isAsked.value !== false && (me.audio || me.video);
});

/** Ask the browser; called from a gesture only. */
export function ask(): void {
  isAsked.value = true;
  call.openDevices();
}

/** Switch a device. Switching on is a gesture: after it the browser may ask the person. */
export function toggle(device: 'audio' | 'video'): void {
  toggleDevice(device);
  if (isAsked.value === false && state.peek().me[device]) ask();
}

export function join(): void {
  // A person who joins before they were asked joins without devices; the call's buttons ask later.
  if (isAsked.value === false) call.openDevices({ audio: false, video: false });
  call.dispatch({ type: 'join' });
}
