// Loads and draws the two pages of a call, the lobby and the call's own, each when it is its turn. While two people connect,
// drawing waits for the other's picture: the first text, date and amount that a page draws cost more than a whole call.

import { type CallState, type Stage, stageOf } from '../call/state';
import { onFirstFrame } from './page/pictures';
import { type LobbyPlaceholder, showCallPlaceholder } from './page/placeholder';
import type { RoomParts } from './store/room-store';

/** The stages in which drawing waits for the other's picture. */
const MEETING: ReadonlySet<Stage> = new Set(['joining', 'connecting', 'live']);

/** Nobody looks at a page without words for longer. */
const DRAW_MS_MAX = 700;

/** The network may be gone just then. The call goes on, and its page comes when it can. */
const LOAD_AGAIN_MS = 2_000;

/** Draws a page; a second call does nothing. */
type Draw = () => Promise<void>;

interface Pages {
  /** Draw the page that belongs to *state*, when it is its turn. */
  readonly show: (state: CallState) => void;
  readonly drawCall: () => void;
}

/** Make the pages that show *parts*; *placeholder* stands where the lobby's page comes, if it is shown already. */
export function makePages(parts: RoomParts, placeholder: LobbyPlaceholder | null): Pages {
  const { call, pageProblem } = parts;
  let isInLobby = false;
  let isHurried = false;

  const [prepareCall, drawCall] = makeLoader(() => import('./main').then(({ makePage }) => makePage(parts)));
  const [, drawLobby] = makeLoader(() =>
    import('./lobby/main').then(({ makePage }) => makePage(parts, prepareCall)),
  );

  /** The own picture and the button that leads in come first; the rest of the lobby follows the picture. */
  const showLobby = ({ problem, me }: CallState) => {
    if (problem !== null || !me.video) drawLobby();
    if (isInLobby) return;
    isInLobby = true;
    if (!placeholder) drawLobby();
    void placeholder?.joined.then(() => call.dispatch({ type: 'join' }));
    onFirstFrame('own', drawLobby);
    setTimeout(drawLobby, DRAW_MS_MAX);
    void parts.mayOpen.then((may) => may || drawLobby());
  };

  const showCall = (stage: Stage, hasNews: boolean) => {
    if (!MEETING.has(stage) || hasNews) drawCall();
    if (isHurried) return;
    isHurried = true;
    setTimeout(drawCall, DRAW_MS_MAX);
    showCallPlaceholder();
  };

  const show = (state: CallState) => {
    const stage = stageOf(state);
    if (pageProblem) drawLobby();
    else if (stage === 'lobby') showLobby(state);
    else showCall(stage, state.problem !== null);
  };
  return { show, drawCall };
}

/** Make two functions: the first loads a page ahead of time, the second draws it as soon as it is loaded. */
function makeLoader(load: () => Promise<Draw>): readonly [prepare: () => void, draw: () => void] {
  let page: Promise<Draw> | undefined;
  const prepare = () => {
    page ??= load();
    return page;
  };
  const draw = () => {
    prepare().then(
      (drawPage) => drawPage(),
      () => {
        page = undefined;
        setTimeout(draw, LOAD_AGAIN_MS);
      },
    );
  };
  return [prepare, draw];
}
