// Share a screen, show the other person in a small window (picture in picture), fill the screen. The page offers only what
// the browser can do and the page around it allows.

import { canShareScreen as canShare } from '../../call/media/screen-share';
import { isShown } from '../../theme/apply-theme';
import { pictureOf } from '../page/pictures';
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

/** Safari has its own names for both until 13.1 and 16.4. */
interface OldVideo {
  readonly webkitSetPresentationMode?: (mode: 'inline' | 'picture-in-picture') => void;
  readonly webkitPresentationMode?: string;
}
interface OldRoot {
  readonly webkitRequestFullscreen?: () => void;
}
interface OldDocument {
  readonly webkitFullscreenEnabled?: boolean;
  readonly webkitFullscreenElement?: Element | null;
  readonly webkitExitFullscreen?: () => void;
}

export function hasPictureInPicture(): boolean {
  const video: OldVideo & HTMLVideoElement = pictureOf('remote');
  if (!isShown('picture-in-picture')) return false;
  return document.pictureInPictureEnabled === true || video.webkitSetPresentationMode !== undefined;
}

/** It fails while there is no picture. */
export async function togglePictureInPicture(): Promise<void> {
  const video: OldVideo & HTMLVideoElement = pictureOf('remote');
  try {
    if (document.pictureInPictureEnabled !== true) {
      const isOut = video.webkitPresentationMode === 'picture-in-picture';
      video.webkitSetPresentationMode?.(isOut ? 'inline' : 'picture-in-picture');
    } else if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
    refusal.value = null;
  } catch {
    refusal.value = 'pip.failed';
  }
}

export function hasFullScreen(): boolean {
  if (!isShown('full-screen')) return false;
  return (document.fullscreenEnabled ?? (document as OldDocument).webkitFullscreenEnabled) === true;
}

export function isFullScreen(): boolean {
  return Boolean(document.fullscreenElement ?? (document as OldDocument).webkitFullscreenElement);
}

export async function toggleFullScreen(): Promise<void> {
  const root: OldRoot & HTMLElement = document.documentElement;
  try {
    if (isFullScreen()) {
      await (document.exitFullscreen?.() ?? (document as OldDocument).webkitExitFullscreen?.());
    } else await (root.requestFullscreen?.() ?? root.webkitRequestFullscreen?.());
    refusal.value = null;
  } catch {
    refusal.value = 'fullscreen.failed';
  }
}
