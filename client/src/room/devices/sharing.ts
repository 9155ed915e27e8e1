// What one may do with the pictures besides looking at them: share a screen, take the other along in a small window of
// the browser's, fill the screen. What a browser cannot do is not offered.

import { signal } from '@preact/signals';
import { canShareScreen as canShare } from '../../call/screen';
import { isShown } from '../look';
import { call, screens } from '../model';
import { pictures } from '../stage/pictures';

/** What the browser can and the platform shows; the same below. */
export function canShareScreen(): boolean {
  return isShown('screen') && canShare();
}

/** The last attempt came to nothing, and not because the person thought better of it. */
export const hasSharingFailed = signal(false);

export async function toggleScreen(): Promise<void> {
  if (screens.value.own) call.stopScreen();
  else hasSharingFailed.value = (await call.shareScreen()) === 'failed';
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
  readonly webkitFullscreenElement?: Element | null;
  readonly webkitExitFullscreen?: () => void;
}

export function hasPictureInPicture(): boolean {
  const video: OldVideo & HTMLVideoElement = pictures.remote;
  if (!isShown('picture-in-picture')) return false;
  return document.pictureInPictureEnabled === true || video.webkitSetPresentationMode !== undefined;
}

/** A refusal (no picture yet, a policy of the page around) leaves everything as it is. */
export async function togglePictureInPicture(): Promise<void> {
  const video: OldVideo & HTMLVideoElement = pictures.remote;
  try {
    if (document.pictureInPictureEnabled !== true) {
      const isOut = video.webkitPresentationMode === 'picture-in-picture';
      video.webkitSetPresentationMode?.(isOut ? 'inline' : 'picture-in-picture');
    } else if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {}
}

export function hasFullScreen(): boolean {
  const root: OldRoot & Element = document.documentElement;
  if (!isShown('full-screen')) return false;
  return document.fullscreenEnabled === true || root.webkitRequestFullscreen !== undefined;
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
  } catch {}
}
