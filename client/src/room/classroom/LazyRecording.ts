// When the recording is loaded: when this person wants one, when the other asks or records, and when an earlier page has left one.

import { effect } from '@preact/signals';
import { readClock } from '../../base/clock';
import { loadPart } from '../../base/load-part';
import { canRecord, hasRecording, pressRecording, recordingBar } from '../store/recording-state';
import { link } from '../store/room-store';
import { listKept } from './kept-recordings';
import { tools } from './tools-state';

const KEY = 'langdao:recording-yes';

/** Wait for a wish of either, if the platform shows recordings. */
export function startRecording(): void {
  if (!hasRecording()) return;
  let loaded: Promise<() => void> | undefined;
  const bring = () => {
    loaded ??= load();
    return loaded;
  };
  if (canRecord()) pressRecording.value = () => void bring().then((press) => press());
  effect(() => {
    const talk = tools.classroom.value?.recording;
    if (!talk) return;
    talk.mayBeAsked = true;
    talk.onAgreed = keepYes;
    const agreedId = readYes();
    if (agreedId !== null) talk.restore(agreedId, readClock());
    if (!loaded) talk.onChange = () => void bring();
  });
  if (listKept().length > 0) void bring();
}

/** Resolves to what a press of the entry does. */
async function load(): Promise<() => void> {
  const { RecordingBar, startLiveRecording } = await loadPart(() => import('./RecordingBar'));
  const press = startLiveRecording();
  recordingBar.value = RecordingBar;
  return press;
}

/** Who has said yes has said so for this recording, also when they load the page anew. */
function keepYes(id: number | null): void {
  try {
    if (id === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify([link.room, id]));
  } catch {
    // Forbidden or full: a reload ends the recording.
  }
}

function readYes(): number | null {
  try {
    const [room, id] = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as unknown[];
    return room === link.room && typeof id === 'number' ? id : null;
  } catch {
    return null;
  }
}
