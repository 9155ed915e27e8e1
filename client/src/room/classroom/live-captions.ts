// The captions of this lesson: what they work with, and when.

import { effect, untracked } from '@preact/signals';
import { readClock } from '../../base/clock';
import { isReading } from '../store/caption-reading';
import { devices, link, state } from '../store/room-store';
import { Captions } from './captions';
import { findWay, install, Recogniser } from './recogniser';
import { tools } from './tools-state';

export let captions: Captions;

/** Begin, once. */
export function startLiveCaptions(): void {
  captions = new Captions(
    {
      isReading,
      findWay,
      install,
      makeRecogniser: (found, heard) =>
        new Recogniser(found, { ...heard, track: () => devices.tracks.audio, clock: readClock }),
      clock: Date.now,
      openTools: () => void tools.open(),
    },
    state.value.session?.language ?? link.language ?? 'en',
  );
  effect(() => {
    const classroom = tools.classroom.value;
    if (classroom) untracked(() => captions.connect(classroom.captions));
  });
  effect(() => {
    void isReading.value;
    untracked(() => captions.tell());
  });
  effect(() => {
    const { me, peer, outcome } = state.value;
    const isHeard = me.audio && peer !== null && !outcome;
    untracked(() => captions.setHeard(isHeard));
  });
  devices.subscribe({ onTrack: (kind) => kind === 'audio' && captions.restart() });
}
