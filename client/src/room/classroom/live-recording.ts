// The recording of this lesson: what it works with, and when it ends by itself.

import { effect, untracked } from '@preact/signals';
import { readClock } from '../../base/clock';
import { deleteKept, deleteOld, openFile, RecordingWorker, readKept } from '../../classroom/recording-file';
import { chooseKind } from '../../classroom/recording-kind';
import { RecordingMix } from '../../classroom/recording-mix';
import { makeFileName } from '../../classroom/saved-name';
import { makeSeekable } from '../../classroom/seekable-webm';
import { locale } from '../../i18n';
import { formatDateAndTime } from '../../i18n/format';
import { t } from '../../i18n/lazy-words';
import { saveBlob } from '../../ui/save-blob';
import { keepRunning, makeListeningContext } from '../devices/sound';
import { recordingStand } from '../store/recording-state';
import { state } from '../store/room-store';
import {
  forgetKept,
  isOldFile,
  type KeptRecording,
  listKept,
  nameFile,
  noteKept,
  sortKept,
} from './kept-recordings';
import { LessonFilm } from './lesson-film';
import { LessonRecorder } from './lesson-recorder';
import { LessonRecording, type Making, type Take } from './recording';
import { lessonName, tools } from './tools-state';

/** A browser that starts its sound needs a moment. */
const SOUND_MS_MAX = 2_000;

export let recording: LessonRecording;

const STANDS = { off: 'off', recording: 'on', held: 'on', recorded: 'on' } as const;

/** Begin, once; returns what a press of the menu's entry does. */
export function startLiveRecording(): () => void {
  recording = new LessonRecording({
    clock: readClock,
    makeId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    openTools: () => void tools.open(),
    make,
    save,
  });
  effect(() => {
    const classroom = tools.classroom.value;
    if (classroom) untracked(() => recording.connect(classroom.recording));
  });
  effect(() => {
    const { state: now } = recording.view.value;
    recordingStand.value = now in STANDS ? STANDS[now as keyof typeof STANDS] : 'busy';
  });
  effect(() => {
    if (state.value.outcome) untracked(() => recording.stop());
  });
  void offerKept();
  return () => recording.press();
}

async function make(onTrouble: (why: 'full' | 'failed') => void): Promise<Making> {
  const isApple = navigator.vendor.startsWith('Apple');
  const kind = chooseKind((type) => MediaRecorder.isTypeSupported(type), isApple);
  const sound = makeListeningContext();
  if (!kind || !sound) throw new Error('nothing to record with');
  const madeMs = Date.now();
  const file = nameFile(madeMs, kind.ending);
  const name = makeFileName(t('home.lesson', { date: formatDateAndTime(locale.value, madeMs) }), kind.ending);
  const worker = makeWorker();
  const [target, isOnDisk] = await openFile(worker, file);
  const kept = { lesson: lessonName(), file, name, madeMs };
  if (isOnDisk) noteKept(kept);
  const rest = keepRunning(sound);
  const mix = new RecordingMix(sound);
  const film = new LessonFilm(mix);
  const close = () => {
    film.close();
    rest();
    void sound.close().catch(() => undefined);
  };
  try {
    if (!(await runs(sound))) throw new Error('no sound');
    const beat = worker?.isDead ? null : worker;
    const recorder = new LessonRecorder({
      kind,
      mix,
      worker: beat,
      file: target,
      film: () => film.read(),
      onTrouble,
    });
    const stop = async () => {
      const blob = await recorder.stop().finally(close);
      return blob.size > 0 ? takeOf(kept, blob) : null;
    };
    return { pause: () => recorder.pause(), resume: () => recorder.resume(), stop };
  } catch (error) {
    close();
    await target.finish(); // an open file cannot be deleted
    worker?.end();
    takeOf(kept, new Blob()).remove();
    throw error;
  }
}

/** Tell whether *sound* runs. In Firefox on a computer without a sound card it never does: both voices would be silence. */
function runs(sound: AudioContext): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => sound.state === 'running' && resolve(true);
    sound.onstatechange = look;
    look();
    setTimeout(resolve, SOUND_MS_MAX, false);
  });
}

/** Without one the page itself beats, and writes into its memory. */
function makeWorker(): RecordingWorker | null {
  try {
    return new RecordingWorker();
  } catch {
    return null;
  }
}

function takeOf(kept: KeptRecording, blob: Blob): Take {
  const remove = () => {
    forgetKept(kept);
    void deleteKept(kept.file);
  };
  return { name: kept.name, blob, isSaved: false, remove };
}

async function save({ name, blob }: Take): Promise<void> {
  saveBlob(name.endsWith('.webm') ? await makeSeekable(blob) : blob, name);
}

/** Offer what an earlier page of this lesson has left, and delete what is too old. */
async function offerKept(): Promise<void> {
  const nowMs = Date.now();
  const { old, own } = sortKept(listKept(), lessonName(), nowMs);
  for (const kept of old) takeOf(kept, new Blob()).remove();
  for (const kept of own) {
    const blob = await readKept(kept.file);
    if (blob) recording.offer(takeOf(kept, blob));
    else forgetKept(kept);
  }
  // The list is bounded, and another part of the browser than the files: one may be gone without the other.
  await deleteOld((name) => isOldFile(name, nowMs));
}
