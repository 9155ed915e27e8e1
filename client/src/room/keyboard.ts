// What the room's keys do.

import { isShown } from '../theme/apply-theme';
import { canShareScreen, toggleScreen } from './devices/display-actions';
import {
  hasFullScreen,
  hasPictureInPicture,
  toggleFullScreen,
  togglePictureInPicture,
} from './devices/larger-picture';
import { chooseNextLayout } from './stage/stage-layout';
import { hasAgain, playAgain } from './store/again-state';
import { hasCaptions, isReading, readCaptions } from './store/caption-reading';
import { hasPanel, isPanelOpen, openPanel, openToWrite } from './store/panel-state';
import { call, isHelpOpen, stage, state } from './store/room-store';
import { listen, onShortcut } from './store/shortcut-keys';

function isHere(): boolean {
  return stage.value !== 'ended' && stage.value !== 'moved' && stage.value !== 'refused';
}

function switchDevice(device: 'audio' | 'video', on: boolean): void {
  if (isHere()) call.dispatch({ type: 'switch', device, on });
}

/** Register the keys of the room itself, do what the *early* ones ask, and listen from now on. */
export function startKeyboard(early: readonly KeyboardEvent[]): void {
  let isTalking = false;

  onShortcut('microphone', () => switchDevice('audio', !state.value.me.audio));
  onShortcut('camera', () => switchDevice('video', !state.value.me.video));
  if (isShown('hand')) {
    onShortcut('hand', () => isHere() && call.dispatch({ type: 'raise-hand', up: !state.value.me.hand }));
  }
  if (hasPanel()) {
    onShortcut('chat', () => {
      if (isPanelOpen.value) openPanel(false);
      else openToWrite();
    });
  }
  if (hasAgain()) onShortcut('again', () => playAgain.value?.());
  if (hasCaptions()) onShortcut('captions', () => isHere() && readCaptions(!isReading.value));
  if (isShown('layouts')) onShortcut('layout', chooseNextLayout);
  onShortcut('help', () => {
    isHelpOpen.value = !isHelpOpen.value;
  });
  onShortcut(
    'talk',
    () => {
      isTalking = !state.value.me.audio;
      if (isTalking) switchDevice('audio', true);
    },
    () => {
      if (isTalking) switchDevice('audio', false);
      isTalking = false;
    },
  );

  if (canShareScreen()) onShortcut('share', () => isHere() && void toggleScreen());
  if (hasFullScreen()) onShortcut('full-screen', () => void toggleFullScreen());
  if (hasPictureInPicture()) onShortcut('picture-in-picture', () => void togglePictureInPicture());

  listen(document, early);
}
