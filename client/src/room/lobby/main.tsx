// The page before the call. pages.ts loads it for the lobby, and where no call can be made at all.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { reportMissingFeatures } from '../embedding/embed-problems';
import { loadAppearance } from '../page/appearance';
import { onFirstFrame } from '../page/pictures';
import { removePlaceholder, showCallPlaceholder } from '../page/placeholder';
import { connectStore, type RoomParts, stage } from '../store/room-store';
import { Lobby } from './Lobby';
import { startLobby } from './lobby-store';

/** The call's page is loaded meanwhile, but not in the way of the own picture. */
const PREPARE_AFTER_MS = 1_000;

/** A finger may rest on the button for ever. */
const PRESS_MS_MAX = 3_000;

/** Make the lobby of *parts*; returns what draws it. *prepareCall* loads the page that follows. */
export function makePage(parts: RoomParts, prepareCall: () => void): () => Promise<void> {
  connectStore(parts);
  startLobby(parts.mayOpen);
  const isDressed = loadAppearance(parts);
  const isOver = () => stage.value !== 'lobby' && parts.pageProblem === null;
  let isDrawn = false;
  return async () => {
    const root = document.getElementById('room');
    if (isDrawn || !root) return;
    isDrawn = true;
    await isDressed;
    await waitForPress();
    if (isOver()) return;
    const hadFocus = document.activeElement?.closest('#early-lobby') != null;
    render(<Lobby />, root);
    removePlaceholder('early-lobby');
    if (hadFocus) root.querySelector<HTMLElement>('[data-part=join]')?.focus();
    onFirstFrame('own', prepareCall);
    reportMissingFeatures();
    setTimeout(prepareCall, PREPARE_AFTER_MS);
    const end = effect(() => {
      if (!isOver()) return;
      render(null, root);
      showCallPlaceholder();
      void Promise.resolve().then(() => end()); // an effect cannot end itself
    });
  };
}

/** Wait until a press has ended: on a button that is gone by then it would be no press. */
async function waitForPress(): Promise<void> {
  if (!document.querySelector('#early-lobby :active')) return;
  await new Promise((resolve) => {
    setTimeout(resolve, PRESS_MS_MAX);
    // The click comes after all of them.
    const end = () => setTimeout(resolve);
    for (const type of ['pointerup', 'pointercancel', 'keyup']) addEventListener(type, end, { once: true });
  });
}
