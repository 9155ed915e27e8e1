// What the lobby knows beside the call's own state, as signals.

import { computed, signal } from '@preact/signals';
import { awaitGesture } from '../devices/sound';
import { onFirstFrame } from '../page/pictures';
import { call, devices, pageProblem, state, toggleDevice } from '../store/room-store';

/** Nobody waits longer for their microphone's level, picture or not. */
const SETTLE_MS_MAX = 1_500;

/** Whether the browser was asked for the devices, or is about to be: null until it has said if that needs a gesture. */
export const isAsked = signal<boolean | null>(null);
export const picture = signal<MediaStream | null>(null);
export const microphone = signal<MediaStreamTrack | null>(null);
/** What is nice to have waits for the picture. */
export const isSettled = signal(false);

/** Follow the own devices from now on; *mayOpen* resolves to whether they open without asking the person. */
export function startLobby(mayOpen: Promise<boolean>): void {
  awaitGesture();
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

/** What stands where the own picture is. */
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

/** Whether one would be seen or heard after joining now. */
export const hasAnything = computed(() => {
  const { me } = state.value;
  return isAsked.value !== false && (me.audio || me.video);
});

/** Ask the browser; called from a gesture only. */
export function ask(): void {
  isAsked.value = true;
  call.openDevices();
}

/** Switch a device. Switching one on is a gesture, too, by which a browser may be asked. */
export function toggle(device: 'audio' | 'video'): void {
  toggleDevice(device);
  if (isAsked.value === false && state.peek().me[device]) ask();
}

export function join(): void {
  // Who was not asked yet has said no by joining without; the buttons of the call ask again.
  if (isAsked.value === false) call.openDevices({ audio: false, video: false });
  call.dispatch({ type: 'join' });
}
