// The page before the call: boot.ts loads this when one looks in first, or when no call can be made here at all.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { preparePage } from '../boot';
import { pageProblem } from '../camera';
import { reportMissing } from '../embedding/embed-problems';
import { dress } from '../page/appearance';
import { onFirstFrame } from '../page/pictures';
import { removeEarly, showEarly } from '../page/placeholder';
import { stage } from '../store/call-store';
import { Lobby } from './Lobby';

/** What comes after the lobby is loaded meanwhile, but not in the way of the own picture. */
const PREPARE_AFTER_MS = 1_000;

/** A finger that rests on the button may rest there for ever. */
const PRESS_MS_MAX = 3_000;

const dressed = dress();
let isDrawn = false;

/** Draw the lobby; it goes by itself when one joins. A second call does nothing. */
export async function draw(): Promise<void> {
  const root = document.getElementById('room');
  if (isDrawn || !root) return;
  isDrawn = true;
  await dressed;
  await letGo();
  if (isOver()) return;
  const hadFocus = document.activeElement?.closest('#early-lobby') != null;
  render(<Lobby />, root);
  removeEarly('early-lobby');
  if (hadFocus) root.querySelector<HTMLElement>('[data-part=join]')?.focus();
  onFirstFrame('own', preparePage);
  reportMissing();
  setTimeout(preparePage, PREPARE_AFTER_MS);
  const end = effect(() => {
    if (!isOver()) return;
    render(null, root);
    showEarly();
    void Promise.resolve().then(() => end()); // not from within itself
  });
}

/** A press that has begun ends where it began: on a button that is gone by then it would be none. */
async function letGo(): Promise<void> {
  if (!document.querySelector('#early-lobby :active')) return;
  await new Promise((resolve) => {
    setTimeout(resolve, PRESS_MS_MAX);
    // The click comes after all of them.
    const end = () => setTimeout(resolve);
    for (const type of ['pointerup', 'pointercancel', 'keyup']) addEventListener(type, end, { once: true });
  });
}

function isOver(): boolean {
  return stage.value !== 'lobby' && pageProblem === null;
}
