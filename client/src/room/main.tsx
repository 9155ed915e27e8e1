// The page around the call. The call has begun by now; pages.ts loads this module and decides when to draw.

import { options, render } from 'preact';
import { loadPart } from '../base/load-part';
import { stageOf } from '../call/state';
import { keepFocus } from '../ui/focus';
import { chat } from './chat/LazyChat';
import { menu } from './controls/MoreMenu';
import { problems } from './devices/LazyProblem';
import { endScreens, graceQuestion, reconnecting, waiting } from './end-screens/LazyEndScreens';
import { loadAppearance } from './page/appearance';
import { onFirstFrame, pictureOf } from './page/pictures';
import { removePlaceholder } from './page/placeholder';
import { detailsList } from './panel/Panel';
import { Room } from './Room';
import { moveHandle, reactions, screens } from './stage/later-stage';
import { startLayout } from './stage/stage-layout';
import { showLevels } from './stage/tile-levels';
import { notices } from './status/LazyNotices';
import { bringLater } from './store/later-parts';
import { startPanel } from './store/panel-state';
import { connectStore, type RoomParts } from './store/room-store';
import { startUnread } from './store/unread';

/** While two people connect the page is drawn this late, or when the other's picture is there: drawing would take the time
 * that the first picture needs. */
const HOLD_MS_MAX = 400;

/** Once the own side has the other's picture, the processor may still be at work for the other side's. */
const OTHERS_FRAME_MS = 100;

/** What a person may need next, loaded while the page waits for its words. */
const LOADED_FIRST = [notices, detailsList, waiting, endScreens, reconnecting, graceQuestion];
const LOADED_NEXT = [chat, menu, moveHandle, reactions, screens, problems];

const loadLater = () => import('./later');

/** When one of these closes, the keyboard goes to the button that opens it. */
const OPENERS = [
  ['.panel', '[data-part=panel]'],
  ['.again', '[data-part=again]'],
] as const;

/** So many keys, down or up, count before the keyboard is loaded; later ones are forgotten. */
const EARLY_KEYS_MAX = 32;

/** Make the page of *parts*; returns what draws it in place of the placeholder, in the reader's words. */
export function makePage(parts: RoomParts): () => Promise<void> {
  connectStore(parts);
  bringLater(loadLater);
  const isDressed = loadAppearance(parts);
  holdDrawing(parts);
  const { state: before } = parts.call;
  for (const start of [startPanel, startUnread, startLayout, showLevels]) {
    start();
  }
  let isDrawn = false;
  return async () => {
    const root = document.getElementById('room');
    if (isDrawn || !root) return;
    isDrawn = true;
    const takeKeys = keepKeys();
    for (const part of LOADED_FIRST) part.load();
    await isDressed;
    render(<Room />, root);
    keepFocus(root, parts.hasLobby, OPENERS);
    removePlaceholder('early');
    for (const part of LOADED_NEXT) part.load();
    void loadPart(loadLater).then(
      ({ startKeyboard, startAnnouncements, startReactions, startSideEffects }) => {
        startKeyboard(takeKeys());
        startAnnouncements(before);
        startReactions();
        startSideEffects();
      },
    );
  };
}

/** Keep what is pressed until the keyboard is there; returns what ends that and gives the keys. */
function keepKeys(): () => readonly KeyboardEvent[] {
  const keys: KeyboardEvent[] = [];
  const keep = (event: KeyboardEvent) => {
    if (!event.repeat && keys.length < EARLY_KEYS_MAX) keys.push(event);
  };
  document.addEventListener('keydown', keep);
  document.addEventListener('keyup', keep);
  return () => {
    document.removeEventListener('keydown', keep);
    document.removeEventListener('keyup', keep);
    return keys;
  };
}

/** Draw what changes within one frame once, in the frame, so that the call's next message does not wait for it. */
function holdDrawing({ call }: RoomParts): void {
  let held: (() => void) | null = null;
  const draw = () => {
    const update = held;
    held = null;
    update?.();
  };
  const isConnecting = () => {
    const stage = stageOf(call.state);
    const hasPicture = pictureOf('remote').readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return (
      stage === 'connecting' ||
      (stage === 'live' && !hasPicture && call.state.peer?.video === true && !call.state.peer.videoPaused)
    );
  };
  options.debounceRendering = (update) => {
    if (isConnecting()) {
      held = update;
      setTimeout(draw, HOLD_MS_MAX);
    } else if (document.hidden) setTimeout(update, 0);
    else requestAnimationFrame(update);
  };
  onFirstFrame('remote', () => setTimeout(draw, OTHERS_FRAME_MS));
  // What a person presses answers at once.
  for (const gesture of ['click', 'keydown']) document.addEventListener(gesture, () => setTimeout(draw, 0));
}
