// The page's first module, small and alone: it shows what the camera sees, which first.ts has asked for by now. The
// rest follows while the camera opens. Law: in the lobby nobody is asked anything before a gesture.

import { readLink } from '../call/link';
import { DeviceChoices } from '../call/media/device-choices';
import { findPageProblem, mayOpenUnasked, queryPermissions } from '../call/media/device-permissions';
import { Devices } from '../call/media/devices';
import { TabMemory } from '../call/tab-memory';
import { holdScheme } from '../theme/colour-scheme';
import { readTheme } from '../theme/theme';
import { begin } from './boot';
import { showPicture } from './page/pictures';
import { showEarlyLobby } from './page/placeholder';

/** A camera may take its time; the call does not wait for it. */
const ALONE_MS_MAX = 100;

export const link = readLink(location.href);

/** What keeps the page from any call (no HTTPS, no WebRTC); then none is begun. */
export const pageProblem = findPageProblem();

export const memory = new TabMemory(link.room, link.role);

/** Whether one looks in first; a page that was reloaded in the call goes straight back to it. */
export const hasLobby = link.hasLobby && !memory.isReturning();

export const log =
  link.isDebug || readDebugFlag()
    ? (what: string, detail: unknown) => console.info(`[call] ${what}`, detail)
    : () => undefined;

export const devices = new Devices(new DeviceChoices(), log);

/** Whether the devices were opened without a question; where there is no lobby, opening the link was the gesture. */
export const mayOpen: Promise<boolean> = pageProblem ? Promise.resolve(true) : open();

const isAnswered = new Promise<void>((resolve) => {
  devices.subscribe({ onStream: (stream) => showPicture('own', stream), onStatus: () => resolve() });
});

// Light or dark is nothing that a stranger's link could deceive with: it counts, signed or not.
const { scheme } = readTheme(location.hash, true);
if (scheme) holdScheme(scheme);

/** What the lobby shows of itself before it is drawn; null where it is drawn at once. */
export const earlyLobby = hasLobby && !pageProblem ? showEarlyLobby(isAnswered) : null;

// In the lobby the camera comes first: who looks at themselves is in no hurry for the rest.
if (hasLobby) void Promise.race([mayOpen.then((may) => (may ? isAnswered : null)), wait()]).then(begin);
else begin();

async function open(): Promise<boolean> {
  const wanted = devices.asLeft(memory.get());
  if (hasLobby && !(await (globalThis.langdaoMedia?.mayOpen ?? mayOpenUnasked(wanted, queryPermissions()))))
    return false;
  if (!devices.isOpen) devices.open(memory.get());
  return true;
}

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ALONE_MS_MAX));
}

function readDebugFlag(): boolean {
  try {
    return localStorage.getItem('debug') === '1';
  } catch {
    return false;
  }
}
