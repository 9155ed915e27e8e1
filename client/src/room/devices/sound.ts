// Tunes and levels: sound that the page makes or measures itself, without files. Where the browser forbids it there is none,
// and no error.

type ContextClass = typeof AudioContext;

let context: AudioContext | null | undefined;
/** The contexts that something needs, and how many need them. */
const users = new Map<AudioContext, number>();
let hadGesture: boolean | undefined;

/** Wait for the first gesture, which allows sound. A second call does nothing. */
export function awaitGesture(): void {
  if (hadGesture !== undefined) return;
  hadGesture = navigator.userActivation?.hasBeenActive ?? false;
  for (const gesture of ['pointerdown', 'keydown']) {
    addEventListener(gesture, () => {
      hadGesture = true;
      for (const sound of users.keys()) void sound.resume().catch(() => undefined);
    });
  }
}

/** Tell whether the person has touched the page: before that, a browser allows no sound. */
export function mayPlay(): boolean {
  return hadGesture === true;
}

/** The page's audio context for what is heard, made when it is first needed; null where there is none. It wakes with a gesture. */
export function getSoundContext(): AudioContext | null {
  if (context === undefined) context = makeContext();
  return context;
}

/** Make a context that hears and is not heard; null where there is none. It leads to no speaker and has no hurry, so that it
 * costs less than half of one that does. Browsers that know of no such thing make a usual one. */
export function makeListeningContext(): AudioContext | null {
  // lib.dom has no type for the sink (Web Audio API §1.3.2).
  const options: AudioContextOptions & { sinkId: { type: 'none' } } = {
    latencyHint: 'playback',
    sinkId: { type: 'none' },
  };
  return makeContext(options);
}

function makeContext(options?: AudioContextOptions): AudioContext | null {
  const Context = self.AudioContext ?? (self as { webkitAudioContext?: ContextClass }).webkitAudioContext;
  return Context ? new Context(options) : null;
}

/** Let the context run while something needs it: a running context works a hundred times a second. */
export function keepRunning(sound: AudioContext): () => void {
  users.set(sound, (users.get(sound) ?? 0) + 1);
  void sound.resume().catch(() => undefined);
  return () => {
    const left = (users.get(sound) ?? 0) - 1;
    if (left > 0) users.set(sound, left);
    else if (users.delete(sound)) void sound.suspend().catch(() => undefined);
  };
}

/** Speech lies between these levels, in decibels. */
const [QUIET_DB, LOUD_DB] = [-55, -10];

/** Turn the bytes of an analyser (128 is silence) into a level from 0 to 1. */
export function levelOf(samples: Uint8Array): number {
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** The amplitude (0 to 1, linear) that has this *level*. */
export function amplitudeOf(level: number): number {
  return level === 0 ? 0 : 10 ** ((QUIET_DB + level * (LOUD_DB - QUIET_DB)) / 20);
}

/** Measure *track* every *everyMs*, also while it is muted: a copy of it stays on. */
export function watchLevel(
  track: MediaStreamTrack,
  everyMs: number,
  onLevel: (level: number) => void,
): () => void {
  const sound = getSoundContext();
  if (!sound) return () => undefined;
  const rest = keepRunning(sound);
  const copy = track.clone();
  copy.enabled = true;
  const source = sound.createMediaStreamSource(new MediaStream([copy]));
  const analyser = sound.createAnalyser();
  analyser.fftSize = 1_024;
  source.connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    onLevel(levelOf(samples));
  }, everyMs);
  return () => {
    clearInterval(timer);
    source.disconnect();
    copy.stop();
    rest();
  };
}

/** Hertz of the notes, one after the other. */
const TUNES = {
  came: [523, 784],
  went: [659, 440],
  wrote: [880],
  test: [523, 659, 784, 1_047],
} as const;

export type Tune = keyof typeof TUNES;

const NOTE_SECONDS = 0.14;
const VOLUME = 0.12;

/** Play *tune* on the speaker of this id; null is the system's own. Silent until a gesture has allowed sound. */
export async function playTune(tune: Tune, speaker: string | null): Promise<void> {
  const sound = mayPlay() ? getSoundContext() : null;
  if (!sound) return;
  const rest = keepRunning(sound);
  const [output, close] = await openOutput(sound, speaker);
  const notes = TUNES[tune].map((hertz, index) =>
    playNote(sound, output, hertz, sound.currentTime + (index + 1) * NOTE_SECONDS),
  );
  const [last] = notes.slice(-1);
  if (last) {
    last.onended = () => {
      close();
      rest();
    };
  }
}

/** An audio context plays on the system's speaker; an element may play on another. The function closes the element. */
export async function openOutput(
  sound: AudioContext,
  speaker: string | null,
): Promise<readonly [AudioNode, () => void]> {
  const element = document.createElement('audio');
  const close = () => {
    element.pause();
    element.srcObject = null;
  };
  if (speaker === null || !('setSinkId' in element)) return [sound.destination, close];
  try {
    const node = sound.createMediaStreamDestination();
    await element.setSinkId(speaker);
    element.srcObject = node.stream;
    await element.play();
    return [node, close];
  } catch {
    close();
    return [sound.destination, close];
  }
}

function playNote(sound: AudioContext, output: AudioNode, hertz: number, at: number): OscillatorNode {
  const [note, volume] = [sound.createOscillator(), sound.createGain()];
  note.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(VOLUME, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS * 2);
  note.connect(volume).connect(output);
  note.start(at);
  note.stop(at + NOTE_SECONDS * 2);
  return note;
}
