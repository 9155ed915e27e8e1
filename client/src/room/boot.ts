// The page's first script, small and alone: socket, camera and peer connection are on their way before anything is
// drawn. Words, buttons and numbers come once the other's picture is there, or nobody is, or it takes long: the first
// text, date and amount that a page draws cost more than everything a call does.

import { Call } from '../call/driver';
import { readLink } from '../call/link';
import { findPageProblem } from '../call/media';
import { Memory } from '../call/memory';
import { type Stage, stageOf } from '../call/state';
import { findParent } from '../embed/bridge';
import { onFirstFrame, placePictures, showPicture } from './pictures';

/** The stages in which everything else waits for the other's picture. */
const MEETING: ReadonlySet<Stage> = new Set(['joining', 'connecting', 'live']);

/** The own first frame is still being encoded for the other side then: drawing leaves it the processor. */
const OTHERS_FRAME_MS = 100;

/** Nobody looks at a page without words for longer. */
const DRAW_MS_MAX = 700;

let page: Promise<typeof import('./main')> | undefined;

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

call.watch({
  onState: (state) => {
    if (!MEETING.has(stageOf(state)) || state.problem) draw();
  },
  onOwnStream: (stream) => showPicture('own', stream),
  onRemoteStream: (stream) => showPicture('remote', stream),
});
onFirstFrame('remote', () => setTimeout(draw, OTHERS_FRAME_MS));
setTimeout(draw, DRAW_MS_MAX);
if (pageProblem) draw();
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', placePictures);
else placePictures();

addEventListener('online', () => call.reconnect());
addEventListener('pagehide', (event) => {
  // A page in the back-forward cache may come back; its socket is taken by the browser and resumed then.
  if (!event.persisted) call.leave('page-hidden');
});

function loadPage(): Promise<typeof import('./main')> {
  page ??= import('./main');
  return page;
}

function draw(): void {
  void loadPage().then((main) => main.draw());
}

function readDebugFlag(): boolean {
  try {
    return localStorage.getItem('debug') === '1';
  } catch {
    return false;
  }
}
