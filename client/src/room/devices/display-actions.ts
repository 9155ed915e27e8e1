// Share a screen. The page offers only what the browser can do and the page around it allows.

import { canShareScreen as canShare } from '../../call/media/screen-share';
import { isShown } from '../../theme/apply-theme';
import { refusal } from '../store/notice-state';
import { call, isWide, ownScreen } from '../store/room-store';

/** Whether the browser can share a screen and the platform shows the button. */
export function canShareScreen(): boolean {
  return isShown('screen') && canShare();
}

/** Whether sharing has a button of its own: on a narrow page it is in the menu. */
export function hasShareButton(): boolean {
  return isWide.value && canShareScreen();
}

/** Begin or end sharing. A failure is shown, unless the person chose nothing. */
export async function toggleScreen(): Promise<void> {
  if (ownScreen.value) return call.media.screen.stop();
  refusal.value = null;
  const outcome = await call.media.screen.start();
  if (outcome === 'failed' || outcome === 'blocked') refusal.value = `screen.${outcome}`;
}
