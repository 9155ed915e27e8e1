// The call: socket and peer connection are on their way before anything is drawn. Words, buttons and numbers come once
// the other's picture is there, or nobody is, or it takes long: the first text, date and amount that a page draws cost
// more than everything a call does.

import { readClock } from '../base/clock';
import { Call } from '../call/call';
import { type CallState, type Stage, stageOf } from '../call/state';
import { findParent } from '../embed/bridge';
import { devices, earlyLobby, hasLobby, link, log, mayOpen, memory, pageProblem } from './camera';
import { onFirstFrame, showPicture } from './page/pictures';
import { showEarly } from './page/placeholder';

/** The stages in which everything else waits for the other's picture. */
const MEETING: ReadonlySet<Stage> = new Set(['joining', 'connecting', 'live']);

/** The own first frame is still being encoded for the other side then: drawing leaves it the processor. */
const OTHERS_FRAME_MS = 100;

/** Nobody looks at a page without words for longer. */
const DRAW_MS_MAX = 700;

/** The network may be gone just then; the call goes on, and the page around it comes when it can. */
const LOAD_AGAIN_MS = 2_000;

let lobby: Promise<typeof import('./lobby/main')> | undefined;
let page: Promise<typeof import('./main')> | undefined;
let isInLobby = false;
let isHurried = false;

const parentPage = findParent();
export const { tell: tellParent, onLogo, isThere: hasParent } = parentPage;

/** Begun by the page's first module (camera.ts), before whatever uses it is loaded. */
export let call: Call;

export function begin(): void {
  call = new Call(link, memory, devices, tellParent, log);
  tellParent({ type: 'call-ready', sessionId: link.room, timestamp: readClock() });
  if (!pageProblem) call.start(hasLobby);

  parentPage.onDecision((decision) => call.dispatch({ type: 'decide', decision }));

  call.subscribe({
    onState: (state) => {
      const stage = stageOf(state);
      if (pageProblem) drawLobby();
      else if (stage === 'lobby') showLobby(state);
      else showCall(stage, state.problem !== null);
    },
    onRemoteStream: (stream) => showPicture('remote', stream),
  });
  onFirstFrame('remote', () => setTimeout(draw, OTHERS_FRAME_MS));
  // A stylesheet that failed is asked for again with what needs it, but only if it is gone.
  addEventListener('error', ({ target }) => target instanceof HTMLLinkElement && target.remove(), true);
  if (pageProblem) return;
  addEventListener('online', () => call.reconnect());
  document.addEventListener('visibilitychange', () => document.hidden || call.wake());
  addEventListener('pageshow', ({ persisted }) => persisted && call.wake());
  addEventListener('pagehide', (event) => {
    // A page in the back-forward cache may come back; its socket is taken by the browser and resumed then.
    if (!event.persisted) call.leave('page-hidden');
  });
}

/** Oneself and the way in come first; all there is to read and to choose comes with the own picture. */
function showLobby({ problem, me }: CallState): void {
  if (problem !== null || !me.video) drawLobby();
  if (isInLobby) return;
  isInLobby = true;
  if (!earlyLobby) drawLobby();
  void earlyLobby?.joined.then(() => call.dispatch({ type: 'join' }));
  onFirstFrame('own', drawLobby);
  setTimeout(drawLobby, DRAW_MS_MAX);
  void mayOpen.then((may) => may || drawLobby());
}

function drawLobby(): void {
  lobby ??= import('./lobby/main');
  lobby.then(
    ({ draw }) => draw(),
    () => {
      lobby = undefined;
      setTimeout(drawLobby, LOAD_AGAIN_MS);
    },
  );
}

/** Load what is drawn after the lobby. */
export function preparePage(): void {
  page ??= import('./main');
}

function showCall(stage: Stage, hasNews: boolean): void {
  if (!MEETING.has(stage) || hasNews) draw();
  if (isHurried) return;
  isHurried = true;
  setTimeout(draw, DRAW_MS_MAX);
  showEarly();
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
