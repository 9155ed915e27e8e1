// Asks the browser for a camera and a microphone. A failure is named (R15), and the call goes on with what there is.

import type { MediaKind } from '../../base/media-kind';
import { allowsFeature, isFramed } from '../../base/permissions-policy';
import { takeStream } from '../../base/prefetch';
import { type Chosen, NOTHING_CHOSEN } from './device-choices';
import {
  constraintsOf,
  DEVICE_NAMES,
  type DeviceName,
  findDevices,
  kindsOf,
  processing,
  queryPermission,
  SHARP_VIDEO,
  type Wanted,
} from './device-permissions';

/** Why there is no camera or microphone. `unsupported` and `insecure` concern the whole page, `blocked` the page around it;
 * a `gone` device was there before, and `unanswered` is a question that is still open. */
export type MediaProblem =
  | 'insecure'
  | 'unsupported'
  | 'permission-denied'
  | 'blocked'
  | 'not-found'
  | 'gone'
  | 'in-use'
  | 'stopped'
  | 'unanswered'
  | 'unknown';

/** The result of an attempt to open devices. */
export interface OpenedTracks {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly problem: MediaProblem | null;
}

/** The devices there are, as a person may choose them; without permission a browser tells no ids and no names. */
export type DeviceList = Readonly<
  Record<DeviceName, readonly { readonly id: string; readonly label: string }[]>
>;

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

/** Ask for the wanted devices at once; if one of two fails, go on with the other. Never rejects. */
export async function openDevices(wanted: Wanted, chosen: Chosen = NOTHING_CHOSEN): Promise<OpenedTracks> {
  if (!wanted.audio && !wanted.video) return { audio: null, video: null, problem: null };
  try {
    return { ...(await ask(wanted, chosen)), problem: null };
  } catch (error) {
    const problem = await findCause(error, wanted);
    const rest = wanted.audio && wanted.video ? await openEither(problem, chosen) : null;
    return { audio: rest?.audio ?? null, video: rest?.video ?? null, problem };
  }
}

/** Android may need 400 ms to let a closed camera go, and until then no other one can be had. */
const RELEASE_MS = 500;

/** Open the one device that is *wanted* after the one before was closed for it: the chosen one, else any, as long as the attempt
 * *isCurrent*. */
export async function openReleased(
  wanted: Wanted,
  chosen: Chosen,
  isCurrent: () => boolean,
): Promise<OpenedTracks> {
  let opened = await openDevices(wanted, chosen);
  if (opened.problem === 'in-use') {
    await new Promise((wake) => setTimeout(wake, RELEASE_MS));
    if (isCurrent()) opened = await openDevices(wanted, chosen);
  }
  if (opened.problem === null || !isCurrent()) return opened;
  return { ...(await openDevices(wanted)), problem: opened.problem };
}

/** Ask for each device alone. After a "no" only allowed devices are asked for: nobody gets the same question twice. */
async function openEither(
  problem: MediaProblem,
  chosen: Chosen,
): Promise<Omit<OpenedTracks, 'problem'> | null> {
  if (problem === 'insecure' || problem === 'unsupported') return null;
  const mayAsk =
    problem === 'permission-denied' || problem === 'blocked'
      ? { audio: await isGranted('microphone'), video: await isGranted('camera') }
      : { audio: true, video: true };
  const audio = mayAsk.audio ? await ask({ audio: true, video: false }, chosen).catch(() => null) : null;
  const video = mayAsk.video ? await ask({ audio: false, video: true }, chosen).catch(() => null) : null;
  return { audio: audio?.audio ?? null, video: video?.video ?? null };
}

/** Ask for exactly the chosen devices; when one of them is gone, for the system's own in its place. */
async function ask(wanted: Wanted, chosen: Chosen): Promise<Omit<OpenedTracks, 'problem'>> {
  const hasChosen = (wanted.audio && chosen.microphone !== null) || (wanted.video && chosen.camera !== null);
  try {
    return await getTracks(wanted, chosen);
  } catch (error) {
    if (!hasChosen || problemOf(error) !== 'not-found') throw error;
    const there = new Set((await navigator.mediaDevices.enumerateDevices()).map(({ deviceId }) => deviceId));
    const keep = (id: string | null) => (id !== null && there.has(id) ? id : null);
    return getTracks(wanted, { ...chosen, camera: keep(chosen.camera), microphone: keep(chosen.microphone) });
  }
}

async function getTracks(wanted: Wanted, chosen: Chosen): Promise<Omit<OpenedTracks, 'problem'>> {
  const constraints = constraintsOf(wanted, chosen);
  const stream = (await takeStream(constraints)) ?? (await navigator.mediaDevices.getUserMedia(constraints));
  return { audio: stream.getAudioTracks()[0] ?? null, video: stream.getVideoTracks()[0] ?? null };
}

/** Change how an open microphone is processed; false when the browser did not. */
export async function process(
  track: MediaStreamTrack,
  isMusic: boolean,
  isCleaned = false,
): Promise<boolean> {
  const wanted = processing(isMusic, isCleaned);
  const isSo = () => {
    // Safari does not tell whether it suppresses noise.
    const { echoCancellation, noiseSuppression = wanted.noiseSuppression } = track.getSettings();
    return echoCancellation === wanted.echoCancellation && noiseSuppression === wanted.noiseSuppression;
  };
  if (isSo()) return true;
  await track.applyConstraints(wanted).catch(() => undefined);
  return isSo();
}

/** List the devices to choose from, without Chrome's second entries for the system's own. */
export async function listDevices(): Promise<DeviceList> {
  const found = await findDevices();
  const of = (kind: MediaDeviceKind) =>
    found
      .filter(
        (device) => device.kind === kind && !['', 'default', 'communications'].includes(device.deviceId),
      )
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { camera: of('videoinput'), microphone: of('audioinput'), speaker: of('audiooutput') };
}

/** Tell whether *track* (null for a missing device) should be opened anew, now that these devices are *found*. */
export function needsRepair(
  found: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
  kind: MediaKind,
  track: Pick<MediaStreamTrack, 'label' | 'getSettings'> | null,
  chosen: string | null,
): boolean {
  const there = found.filter((device) => device.kind === `${kind}input`);
  if (!track) return there.length > 0;
  const { deviceId } = track.getSettings();
  const isNamed = there.some((device) => device.deviceId !== '');
  if (!deviceId || (there.length > 0 && !isNamed)) return false;
  const used = there.find((device) => device.deviceId === deviceId);
  if (!used) return true;
  if (chosen !== null && deviceId !== chosen) return there.some((device) => device.deviceId === chosen);
  // Chrome keeps capturing from what "default" was when it was opened.
  return deviceId === 'default' && used.label !== '' && used.label !== track.label;
}

/** Ask a running camera for more pixels, and for what else was asked of it; one that has no more stays as it is. */
export async function sharpen(track: MediaStreamTrack): Promise<void> {
  await track.applyConstraints({ ...track.getConstraints(), ...SHARP_VIDEO }).catch(() => undefined);
}

/** The browser uses one name for a person's "no" and for a page around this one that forbids the question. */
async function findCause(error: unknown, wanted: Wanted): Promise<MediaProblem> {
  const problem = problemOf(error);
  if (problem !== 'permission-denied' || !isFramed()) return problem;
  const blocked = await Promise.all(kindsOf(wanted).map(isBlockedByParent));
  return blocked.includes(true) ? 'blocked' : problem;
}

/** Tell whether the page around this one forbids *kind* (an iframe without `allow`). */
async function isBlockedByParent(kind: MediaKind): Promise<boolean> {
  const isAllowed = allowsFeature(DEVICE_NAMES[kind]);
  if (isAllowed !== null) return !isAllowed;
  // Where the browser does not tell its policy, it does not list a forbidden device (W3C Media Capture §9.2.1).
  const found = await findDevices();
  return !found.some((device) => device.kind === `${kind}input`);
}

async function isGranted(name: DeviceName): Promise<boolean> {
  return (await queryPermission(name)) === 'granted';
}

/** Put *track* into *stream* in the place of the one of its kind. */
export function joinTrack(stream: MediaStream | null, track: MediaStreamTrack): MediaStream {
  const joined = stream ?? new MediaStream();
  for (const old of joined.getTracks()) {
    if (old.kind === track.kind && old !== track) joined.removeTrack(old);
  }
  joined.addTrack(track);
  return joined;
}
