// The page's inline script: it stands in the HTML and runs before any other script has loaded. It asks for the camera,
// which takes longer than everything else; boot.ts takes the answer. For a person who joins at once it also takes the seat
// and offers, and the other scripts run then: while they run, the page hears nothing. Law: in the lobby the browser asks the person
// nothing before a gesture. In a sandbox without `allow-same-origin` no module loads: then it loads the script that says so.

import type { MediaPrefetch } from '../base/prefetch';
import { beginEarly } from '../call/early-call';
import { readLink } from '../call/link';
import { DeviceChoices, wantedSwitches } from '../call/media/device-choices';
import {
  constraintsOf,
  findPageProblem,
  mayOpenUnasked,
  queryPermissions,
} from '../call/media/device-permissions';
import { TabMemory } from '../call/tab-memory';

/** On a slow network the scripts run while the socket opens. */
const LOAD_MS_MAX = 100;

let isLoading = false;

if (self.origin === 'null') document.addEventListener('DOMContentLoaded', showSandboxed);
else if (findPageProblem() || !begin()) loadModule();
else setTimeout(loadModule, LOAD_MS_MAX);

/** Ask for what takes long. Returns whether the other scripts should wait until the seat is taken. */
function begin(): boolean {
  const link = readLink(location.href);
  const memory = new TabMemory(link.room, link.role);
  const choices = new DeviceChoices();
  const joinsAtOnce = !link.hasLobby || memory.isReturning();
  // Before anything is read from the storage, because the page stands still until another process has read it.
  const waits = joinsAtOnce && beginEarly(link, memory, choices, loadModule);
  const wanted = wantedSwitches(choices.get(), memory.get());
  if (wanted.audio || wanted.video) {
    globalThis.langdaoMedia = openMedia(
      constraintsOf(wanted, choices.get()),
      joinsAtOnce ? Promise.resolve(true) : mayOpenUnasked(wanted, queryPermissions()),
      joinsAtOnce,
    );
  }
  return waits && canPreload();
}

/** Run the page's first module, which the browser has loaded meanwhile. It runs only once. */
function loadModule(): void {
  const preload = document.querySelector<HTMLLinkElement>('link[rel=modulepreload]');
  if (isLoading || !preload) return;
  isLoading = true;
  const script = document.createElement('script');
  script.type = 'module';
  script.crossOrigin = preload.crossOrigin;
  script.src = preload.href;
  document.head.append(script);
}

/** Firefox before 115 and Safari before 17 load a module only to run it. */
function canPreload(): boolean {
  return document.createElement('link').relList?.supports?.('modulepreload') ?? false;
}

/** Load the script for sandboxes. A plain script needs no origin; it lies beside the one for browsers without modules. */
function showSandboxed(): void {
  const script = document.createElement('script');
  const beside = document.querySelector<HTMLScriptElement>('script[nomodule]');
  script.src = beside?.src.replace('old-browser', 'sandboxed') ?? '';
  document.head.append(script);
}

/** Open the devices: at once where *isSure*, else only if *mayOpen* resolves to true. */
function openMedia(
  constraints: MediaStreamConstraints,
  mayOpen: Promise<boolean>,
  isSure: boolean,
): MediaPrefetch {
  const open = () => navigator.mediaDevices.getUserMedia(constraints);
  const stream = isSure ? open() : mayOpen.then((may) => (may ? open() : null));
  stream.catch(() => undefined); // the module that takes the stream handles the error
  return { constraints, mayOpen, stream };
}
