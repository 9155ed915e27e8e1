// The page around the call, which has begun by now: boot.ts loads this and says when to draw.

import { options, render } from 'preact';
import { stageOf } from '../call/state';
import { speak } from '../i18n';
import { call } from './boot';
import { pictures } from './pictures';
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

let isDrawn = false;

/** Draw the page in place of the early one. A second call does nothing. */
export function draw(): void {
  const root = document.getElementById('room');
  if (isDrawn || !root) return;
  isDrawn = true;
  void speak();
  render(<Room />, root);
  document.getElementById('early')?.remove();
}
