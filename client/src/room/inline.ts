// The page's inline script: it stands in the HTML and runs before any other script has loaded. It asks for the camera,
// which takes longer than everything else; boot.ts takes the answer. For a person who joins at once it also opens the
// room's socket. Law: in the lobby the browser asks the person nothing before a gesture. In a sandbox without
// `allow-same-origin` no module loads: then it loads the script that says so.

import type { MediaPrefetch } from '../base/prefetch';
import { readSeat } from '../call/link';
import { DeviceChoices, wantedSwitches } from '../call/media/device-choices';
import {
  constraintsOf,
  findPageProblem,
  mayOpenUnasked,
  queryPermissions,
} from '../call/media/device-permissions';
import { TabMemory } from '../call/tab-memory';

if (self.origin === 'null') document.addEventListener('DOMContentLoaded', showSandboxed);
else if (!findPageProblem()) {
  const link = readSeat(location.href);
  const memory = new TabMemory(link.room, link.role);
  const chosen = new DeviceChoices().get();
  const wanted = wantedSwitches(chosen, memory.get());
  const joinsAtOnce = !link.hasLobby || memory.isReturning();
  if (wanted.audio || wanted.video) {
    globalThis.langdaoMedia = openMedia(
      constraintsOf(wanted, chosen),
      joinsAtOnce ? Promise.resolve(true) : mayOpenUnasked(wanted, queryPermissions()),
      joinsAtOnce,
    );
  }
  if (joinsAtOnce) {
    const url = link.socketUrl;
    globalThis.langdaoSocket = { url, socket: new WebSocket(url) };
  }
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
