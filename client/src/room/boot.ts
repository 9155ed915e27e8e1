// The page's first script, small and alone: socket, camera and peer connection are on their way before anything is
// drawn. Words, buttons and numbers come once the other's picture is there, or nobody is, or it takes long: the first
// text, date and amount that a page draws cost more than everything a call does.

import { Choices } from '../call/choices';
import { Devices } from '../call/devices';
import { Call } from '../call/driver';
import { readLink } from '../call/link';
import { findPageProblem, mayOpenUnasked } from '../call/media';
import { Memory } from '../call/memory';
import { type Stage, stageOf } from '../call/state';
import { findParent } from '../embed/bridge';
import { onFirstFrame, placePictures, showPicture } from './stage/pictures';

/** The stages in which everything else waits for the other's picture. */
const MEETING: ReadonlySet<Stage> = new Set(['joining', 'connecting', 'live']);

/** The own first frame is still being encoded for the other side then: drawing leaves it the processor. */
const OTHERS_FRAME_MS = 100;

/** Nobody looks at a page without words for longer. */
const DRAW_MS_MAX = 700;

/** The network may be gone just then; the call goes on, and the page around it comes when it can. */
const LOAD_AGAIN_MS = 2_000;

let page: Promise<typeof import('./main')> | undefined;
let isHurried = false;

export const link = readLink(location.href);
const parentPage = findParent();
export const { tell: tellParent, onLogo, isThere: hasParent } = parentPage;

/** What keeps the page from any call (no HTTPS, no WebRTC); then none is begun. */
export const pageProblem = findPageProblem();

const isDebug = link.isDebug || readDebugFlag();

const log = isDebug
  ? (what: string, detail: unknown) => console.info(`[call] ${what}`, detail)
  : () => undefined;

export const devices = new Devices(new Choices(), log);
export const call = new Call(link, new Memory(link.room, link.role), devices, tellParent, log);
if (!pageProblem) call.start(link.hasLobby);

/** Whether the devices were opened without a question; in the lobby nobody is asked before a gesture. */
export const mayOpen: Promise<boolean> = call.state.lobby ? openUnasked() : Promise.resolve(true);

parentPage.onDecision((decision) => call.dispatch({ type: 'decide', decision }));

call.watch({
  onState: (state) => {
    const stage = stageOf(state);
    if (pageProblem || stage === 'lobby') drawLobby();
    else showCall(stage, state.problem !== null);
  },
  onOwnStream: (stream) => showPicture('own', stream),
  onRemoteStream: (stream) => showPicture('remote', stream),
});
onFirstFrame('remote', () => setTimeout(draw, OTHERS_FRAME_MS));
addEventListener('online', () => call.reconnect());
addEventListener('pagehide', (event) => {
  // A page in the back-forward cache may come back; its socket is taken by the browser and resumed then.
  if (!event.persisted) call.leave('page-hidden');
});

async function openUnasked(): Promise<boolean> {
  const may = await mayOpenUnasked(call.state.me);
  if (may) call.openDevices();
  return may;
}

function drawLobby(): void {
  void import('./lobby/main').then((lobby) => lobby.draw());
}

/** Load what is drawn after the lobby. */
export function preparePage(): void {
  page ??= import('./main');
}

/** Show the places of the two pictures, until the whole page is drawn. */
export function showEarly(): void {
  document.getElementById('early')?.removeAttribute('hidden');
  placePictures();
}

function showCall(stage: Stage, hasNews: boolean): void {
  if (!MEETING.has(stage) || hasNews) draw();
  if (isHurried) return;
  isHurried = true;
  setTimeout(draw, DRAW_MS_MAX);
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', showEarly);
  else showEarly();
}

function draw(): void {
  preparePage();
  page?.then(
    (main) => main.draw(),
    () => {
      page = undefined;
      setTimeout(draw, LOAD_AGAIN_MS);
    },
  );
}

function readDebugFlag(): boolean {
  try {
    return localStorage.getItem('debug') === '1';
  } catch {
    return false;
  }
}
