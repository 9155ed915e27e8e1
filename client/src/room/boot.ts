// The page's first script, small and alone: socket, camera and peer connection are on their way before the rest of
// the page is loaded or a stylesheet is there. What the call knows by then is told to whoever watches it later.

import { Call } from '../call/driver';
import { readLink } from '../call/link';
import { findPageProblem } from '../call/media';
import { Memory } from '../call/memory';
import { findParent } from '../embed/bridge';

export const link = readLink(location.href);
const parentPage = findParent();
export const tellParent = parentPage.tell;

/** What keeps the page from any call (no HTTPS, no WebRTC); then none is begun. */
export const pageProblem = findPageProblem();

const isDebug = link.isDebug || readDebugFlag();

export const call = new Call(
  link,
  new Memory(link.room, link.role),
  tellParent,
  isDebug ? (what, detail) => console.info(`[call] ${what}`, detail) : () => undefined,
);
if (!pageProblem) call.start();
parentPage.onDecision((decision) => call.dispatch({ type: 'decide', decision }));
void import('./main');

addEventListener('online', () => call.reconnect());
addEventListener('pagehide', (event) => {
  // A page in the back-forward cache may come back; its socket is taken by the browser and resumed then.
  if (!event.persisted) call.leave('page-hidden');
});

function readDebugFlag(): boolean {
  try {
    return localStorage.getItem('debug') === '1';
  } catch {
    return false;
  }
}
