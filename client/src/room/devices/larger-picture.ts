// Show the other person in a small window (picture in picture), or fill the screen. The page offers only what the browser can do.
// Loaded with the menu and the keyboard.

import { isShown } from '../../theme/apply-theme';
import { pictureOf } from '../page/pictures';
import { refusal } from '../store/notice-state';

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
