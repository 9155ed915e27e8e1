// The page around the call, which has begun by now: boot.ts loads this and says when to draw.

import { options, render } from 'preact';
import { stageOf } from '../call/state';
import { keepFocus } from '../ui/focus';
import { call } from './boot';
import { hasLobby } from './camera';
import { keepChat } from './chat/chat-memory';
import { chat } from './chat/LazyChat';
import { menu } from './controls/MoreMenu';
import { problems } from './devices/LazyProblem';
import { ends, question, reconnecting } from './end-screens/LazyEndScreens';
import { dress } from './page/appearance';
import { pictures } from './page/pictures';
import { removeEarly } from './page/placeholder';
import { Room } from './Room';

/** While two connect the page holds still: painting it anew would take the time that the first picture needs. */
const HOLD_MS = 150;

// What happens within one frame is drawn once, in the frame: the next message of the call does not wait for it.
options.debounceRendering = (update) => {
  if (isConnecting()) setTimeout(update, HOLD_MS);
  else if (document.hidden) setTimeout(update, 0);
  else requestAnimationFrame(update);
};

function isConnecting(): boolean {
  const stage = stageOf(call.state);
  const hasPicture = pictures.remote.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return stage === 'connecting' || (stage === 'live' && !hasPicture && call.state.peer?.video === true);
}

const dressed = dress();
let isDrawn = false;

/** Draw the page in place of the early one, in the reader's words. A second call does nothing. */
export async function draw(): Promise<void> {
  const root = document.getElementById('room');
  if (isDrawn || !root) return;
  isDrawn = true;
  for (const part of [ends, reconnecting, question, problems]) part.load();
  await dressed;
  keepChat();
  render(<Room />, root);
  keepFocus(root, hasLobby);
  removeEarly('early');
  chat.load();
  menu.load();
  void import('./side-effects/side-effects').then(({ attend }) => attend());
}
