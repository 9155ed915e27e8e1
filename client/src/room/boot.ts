// The room's first module, and the only one that joins its parts: the link, the devices, the call, and the pages that show
// the call. The own picture comes first, then the call; words and buttons follow. Law: in the lobby the browser asks the
// person nothing before a gesture.

import { readClock } from '../base/clock';
import { onNetworkChange } from '../base/network-change';
import { Call } from '../call/call';
import { readLink } from '../call/link';
import { DeviceChoices } from '../call/media/device-choices';
import { findPageProblem, mayOpenUnasked, queryPermissions } from '../call/media/device-permissions';
import { Devices } from '../call/media/devices';
import { TabMemory } from '../call/tab-memory';
import { findParent } from '../embed/bridge';
import { holdScheme } from '../theme/colour-scheme';
import { readTheme } from '../theme/theme';
import { onFirstFrame, showPicture } from './page/pictures';
import { showLobbyPlaceholder } from './page/placeholder';
import { makePages } from './pages';

/** A camera may need longer; the call does not wait for it. */
const CAMERA_ALONE_MS_MAX = 100;

/** For so long the processor still encodes the own first frame for the other person: nothing is drawn meanwhile. */
const OTHERS_FRAME_MS = 100;

const link = readLink(location.href);
/** What makes every call impossible on this page (no HTTPS, no WebRTC); then none is begun. */
const pageProblem = findPageProblem();
const memory = new TabMemory(link.room, link.role);
/** A page that was reloaded in the call goes straight back to it. The inline script may have joined already. */
const hasLobby = link.hasLobby && !globalThis.langdaoSocket && !memory.isReturning();
const log =
  link.isDebug || readDebugFlag()
    ? (what: string, detail: unknown) => console.info(`[call] ${what}`, detail)
    : () => undefined;
const parent = findParent();
const devices = new Devices(new DeviceChoices(), log);

/** Resolves to whether the devices were opened unasked. Without a lobby, opening the link was the gesture. */
const mayOpen = pageProblem ? Promise.resolve(true) : openDevices();
const isAnswered = new Promise<void>((resolve) => {
  devices.subscribe({ onStream: (stream) => showPicture('own', stream), onStatus: () => resolve() });
});

// A stranger's link can deceive nobody with a light or a dark page: an unsigned scheme counts too.
const { scheme } = readTheme(location.hash, true);
if (scheme) holdScheme(scheme);

const placeholder = hasLobby && !pageProblem ? showLobbyPlaceholder(isAnswered) : null;

// In the lobby the own picture comes before the call.
if (hasLobby) void Promise.race([mayOpen.then((may) => (may ? isAnswered : null)), wait()]).then(beginCall);
else beginCall();

async function openDevices(): Promise<boolean> {
  const wanted = devices.wantedSwitches(memory.get());
  const isPrefetched = globalThis.langdaoMedia?.mayOpen;
  if (hasLobby && !(await (isPrefetched ?? mayOpenUnasked(wanted, queryPermissions())))) return false;
  if (!devices.isOpen) devices.open(memory.get());
  return true;
}

function beginCall(): void {
  const call = new Call(link, memory, devices, parent.tell, log);
  parent.tell({ type: 'call-ready', sessionId: link.room, timestamp: readClock() });
  if (!pageProblem) call.start(hasLobby);

  parent.onDecision((decision) => call.dispatch({ type: 'decide', decision }));

  const pages = makePages({ call, devices, link, parent, pageProblem, hasLobby, mayOpen }, placeholder);
  call.subscribe({ onState: pages.show, onRemoteStream: (stream) => showPicture('remote', stream) });
  onFirstFrame('remote', () => setTimeout(pages.drawCall, OTHERS_FRAME_MS));
  // A stylesheet that failed is loaded again with the module that needs it, but only if its element is gone.
  addEventListener('error', ({ target }) => target instanceof HTMLLinkElement && target.remove(), true);
  if (!pageProblem) followPage(call);
}

/** Tell *call* what happens to the page: the network is back or another one, the person is back, the page goes away. */
function followPage(call: Call): void {
  onNetworkChange(() => call.changeNetwork());
  document.addEventListener('visibilitychange', () => document.hidden || call.wake());
  addEventListener('pageshow', ({ persisted }) => persisted && call.wake());
  addEventListener('pagehide', (event) => {
    // A page in the back-forward cache may come back. The browser has closed its socket by then; the call resumes.
    if (!event.persisted) call.leave('page-hidden');
  });
}

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CAMERA_ALONE_MS_MAX));
}

function readDebugFlag(): boolean {
  try {
    return localStorage.getItem('debug') === '1';
  } catch {
    return false;
  }
}
