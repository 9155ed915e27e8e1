// The page's first script, inside its HTML: it asks for the camera, which takes longer than all the rest, before the
// other scripts are there (camera.ts takes the answer), and opens the socket of who joins at once. Law: in the lobby
// nobody is asked anything before a gesture. In a sandbox without `allow-same-origin` no module loads: then it asks for the
// script that says so.

import type { Asked } from '../call/asked';
import { constraintsOf, findPageProblem, mayOpenUnasked, queryPermissions } from '../call/asking';
import { asLeft, Choices } from '../call/choices';
import { readPlace } from '../call/link';
import { Memory } from '../call/memory';

if (self.origin === 'null') document.addEventListener('DOMContentLoaded', saySandboxed);
else if (!findPageProblem()) {
  const link = readPlace(location.href);
  const memory = new Memory(link.room, link.role);
  const chosen = new Choices().get();
  const wanted = asLeft(chosen, memory.get());
  const joinsAtOnce = !link.hasLobby || memory.isReturning();
  if (wanted.audio || wanted.video) {
    globalThis.langdaoAsked = ask(
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

/** A plain script needs no origin; it lies beside the one for browsers without modules. */
function saySandboxed(): void {
  const script = document.createElement('script');
  const beside = document.querySelector<HTMLScriptElement>('script[nomodule]');
  script.src = beside?.src.replace('old-browser', 'sandboxed') ?? '';
  document.head.append(script);
}

function ask(constraints: MediaStreamConstraints, may: Promise<boolean>, isSure: boolean): Asked {
  const open = () => navigator.mediaDevices.getUserMedia(constraints);
  const stream = isSure ? open() : may.then((isUnasked) => (isUnasked ? open() : null));
  stream.catch(() => undefined); // whoever takes it hears of it
  return { constraints, may, stream };
}
