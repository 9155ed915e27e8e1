// Which devices may be opened without a question to the person, and with which constraints. The inline script needs it before
// anything else of a call.

import { MEDIA_KINDS, type MediaKind } from '../../base/media-kind';
import type { Chosen } from './device-choices';

export type Wanted = Readonly<Record<MediaKind, boolean>>;

export type DeviceName = 'camera' | 'microphone' | 'speaker';

export const DEVICE_NAMES = { audio: 'microphone', video: 'camera' } as const satisfies Record<
  MediaKind,
  DeviceName
>;

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 30 },
  facingMode: 'user',
};

/** For a connection that proved good. The first picture is small: it comes sooner, and every call begins with a few hundred
 * kilobit a second. */
export const SHARP_VIDEO: MediaTrackConstraints = {
  ...VIDEO,
  width: { ideal: 1280 },
  height: { ideal: 720 },
};

/** What makes every call impossible on a page. */
export type PageProblem = 'insecure' | 'unsupported';

/** Say what makes every call impossible here, before anything is tried; null if nothing does. */
export function findPageProblem(): PageProblem | null {
  if (!self.isSecureContext) return 'insecure';
  const hasMedia = Boolean(navigator.mediaDevices?.getUserMedia);
  const hasCalls = typeof RTCPeerConnection === 'function' && 'addTransceiver' in RTCPeerConnection.prototype;
  return hasMedia && hasCalls && typeof WebSocket === 'function' ? null : 'unsupported';
}

/** Write what is wanted as constraints. */
export function constraintsOf(wanted: Wanted, chosen: Chosen): MediaStreamConstraints {
  return {
    audio: wanted.audio && { ...processing(chosen.isMusic), ...exactly(chosen.microphone) },
    video: wanted.video && { ...VIDEO, ...blurred(chosen), ...exactly(chosen.camera) },
  };
}

/** Speech wants the browser's help; an instrument sounds like noise to it and would be taken away. What takes the noise out itself
 * (*isCleaned*) wants the voice as it is: suppressed twice it sounds as from under water. */
export function processing(isMusic: boolean, isCleaned = false): MediaTrackConstraints {
  return { echoCancellation: !isMusic, noiseSuppression: !isMusic && !isCleaned, autoGainControl: !isMusic };
}

/** Not asked for, the camera is as its system has it. A browser that does not know the wish ignores it (Media Capture Extensions §5). */
function blurred({ blursBackground }: Chosen): MediaTrackConstraints & { backgroundBlur?: true } {
  return blursBackground ? { backgroundBlur: true } : {};
}

/** Tell whether the camera blurs what is behind the person at this moment. */
export function isBlurred(track: Pick<MediaStreamTrack, 'getSettings'> | null): boolean {
  return (track?.getSettings() as { backgroundBlur?: boolean } | undefined)?.backgroundBlur === true;
}

function exactly(id: string | null): MediaTrackConstraints {
  return id === null ? {} : { deviceId: { exact: id } };
}

/** The browser's answer if it were asked for a device; null where it does not tell. */
export type Permissions = Readonly<Record<MediaKind, Promise<PermissionState | null>>>;

export function queryPermissions(): Permissions {
  return { audio: queryPermission(DEVICE_NAMES.audio), video: queryPermission(DEVICE_NAMES.video) };
}

/** A browser knows its devices and permissions at once, unless a driver hangs: after this time the page goes on without. */
const KNOWN_AFTER_MS_MAX = 3_000;

/** Wait for the browser's *answer*; resolves to *otherwise* when none comes in time. */
export function withTimeout<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  const late = new Promise<T>((resolve) => setTimeout(resolve, KNOWN_AFTER_MS_MAX, otherwise));
  return Promise.race([answer, late]);
}

/** Tell whether *wanted* can be opened without a question: all of it is allowed, or refused for good. */
export function mayOpenUnasked(wanted: Wanted, permissions: Permissions): Promise<boolean> {
  return withTimeout(isKnown(wanted, permissions), false);
}

async function isKnown(wanted: Wanted, permissions: Permissions): Promise<boolean> {
  const kinds = kindsOf(wanted);
  const answers = await Promise.all(kinds.map((kind) => permissions[kind]));
  if (answers.includes('prompt')) return false;
  if (!answers.includes(null)) return true;
  // Firefox before 132 and Safari before 16 do not say. They tell names only to a page that had the permission before.
  const found = await findDevices();
  return kinds.every((kind) => found.some((device) => device.kind === `${kind}input` && device.label !== ''));
}

export function kindsOf(wanted: Wanted): MediaKind[] {
  return MEDIA_KINDS.filter((kind) => wanted[kind]);
}

/** Find every device; none where the browser does not tell. */
export async function findDevices(): Promise<readonly MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
}

export async function queryPermission(name: DeviceName): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return null;
  }
}
