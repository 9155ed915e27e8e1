// The own camera and microphone. What cannot be had is named (R15) and the call begins with what there is.

import type { Kind } from './peer';

/** Why there is no camera or microphone; `unsupported` and `insecure` are about the whole page. */
export type MediaProblem =
  | 'insecure'
  | 'unsupported'
  | 'permission-denied'
  | 'not-found'
  | 'in-use'
  | 'unknown';

export interface Devices {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly problem: MediaProblem | null;
}

export type Wanted = Readonly<Record<Kind, boolean>>;

const CONSTRAINTS: Readonly<Record<Kind, MediaTrackConstraints>> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30 }, facingMode: 'user' },
};

/** What a connection that proved good gets. The first picture is small: it is there sooner, and a call begins with
 * a few hundred kilobit a second whatever the camera does. */
const SHARP: MediaTrackConstraints = { ...CONSTRAINTS.video, width: { ideal: 1280 }, height: { ideal: 720 } };

const PROBLEMS: ReadonlyMap<unknown, MediaProblem> = new Map(
  Object.entries({
    NotAllowedError: 'permission-denied',
    PermissionDeniedError: 'permission-denied',
    SecurityError: 'insecure',
    NotFoundError: 'not-found',
    DevicesNotFoundError: 'not-found',
    OverconstrainedError: 'not-found',
    NotSupportedError: 'unsupported',
    TypeError: 'unsupported',
    NotReadableError: 'in-use',
    TrackStartError: 'in-use',
    AbortError: 'in-use',
  } as const),
);

/** Name the problem of a failed getUserMedia by its DOMException name (W3C Media Capture §10.2.1). */
export function problemOf(error: unknown): MediaProblem {
  return PROBLEMS.get((error as { name?: unknown } | null)?.name) ?? 'unknown';
}

/** Say what keeps the whole page from a call, before anything is tried; null if nothing does. */
export function findPageProblem(): MediaProblem | null {
  if (!self.isSecureContext) return 'insecure';
  const hasMedia = Boolean(navigator.mediaDevices?.getUserMedia);
  const hasCalls = typeof RTCPeerConnection === 'function' && 'addTransceiver' in RTCPeerConnection.prototype;
  return hasMedia && hasCalls ? null : 'unsupported';
}

/** Ask for the wanted devices at once; if one of two is in the way, go on with the other. Never rejects. */
export async function openDevices(wanted: Wanted): Promise<Devices> {
  if (!wanted.audio && !wanted.video) return { audio: null, video: null, problem: null };
  try {
    return { ...(await ask(wanted)), problem: null };
  } catch (error) {
    const problem = problemOf(error);
    const rest = wanted.audio && wanted.video ? await openEither(problem) : null;
    return { audio: rest?.audio ?? null, video: rest?.video ?? null, problem };
  }
}

/** After a "no" only what was not refused is asked for again: nobody is asked the same question twice. */
async function openEither(problem: MediaProblem): Promise<Omit<Devices, 'problem'> | null> {
  if (problem === 'insecure' || problem === 'unsupported') return null;
  const mayAsk =
    problem === 'permission-denied'
      ? { audio: await isGranted('microphone'), video: await isGranted('camera') }
      : { audio: true, video: true };
  const audio = mayAsk.audio ? await ask({ audio: true, video: false }).catch(() => null) : null;
  const video = mayAsk.video ? await ask({ audio: false, video: true }).catch(() => null) : null;
  return { audio: audio?.audio ?? null, video: video?.video ?? null };
}

async function ask(wanted: Wanted): Promise<Omit<Devices, 'problem'>> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: wanted.audio && CONSTRAINTS.audio,
    video: wanted.video && CONSTRAINTS.video,
  });
  return { audio: stream.getAudioTracks()[0] ?? null, video: stream.getVideoTracks()[0] ?? null };
}

/** Ask a running camera for more pixels; one that has no more stays as it is. */
export async function sharpen(track: MediaStreamTrack): Promise<void> {
  await track.applyConstraints(SHARP).catch(() => undefined);
}

async function isGranted(name: 'microphone' | 'camera'): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state === 'granted';
  } catch {
    return false;
  }
}
