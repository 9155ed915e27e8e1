// Which tab of the side panel a person sees, and where the other has brought them, or would. Law: nobody who writes or draws is moved,
// and whoever was moved has a way back.

import { signal } from '@preact/signals';
import { type TabLook, writeTabLook } from '../../classroom/tab-look';
import { isBoardOpen } from '../store/board-state';
import { isPanelOpen, openPanel } from '../store/panel-state';
import { isWide } from '../store/room-store';
import { tools } from './tools-state';

export const TABS = ['chat', 'notes', 'vocabulary'] as const;
export type Tab = (typeof TABS)[number];

export const chosenTab = signal<Tab>('chat');

/** Where the person was before the other brought them here; null for nowhere else, and once they have stayed. */
export const cameFrom = signal<{ readonly tab: Tab; readonly isPanelOpen: boolean } | null>(null);

/** Where the other person would bring this one, who is busy. */
export const wantedTab = signal<TabLook | null>(null);

/** The place in the notes that is to be shown; null once it is. */
export const wantedPlace = signal<Uint8Array | null>(null);

/** Reads where the person is in the notes, as a caret is written; null while the notes are not shown. */
export const ownPlace: { read: () => Uint8Array | null } = { read: () => null };

/** Bring the other person to *tab*, and in the notes to where one is. The chat tells of itself. */
export function callToTab(tab: TabLook['tab']): void {
  const place = (tab === 'notes' && ownPlace.read()) || new Uint8Array();
  tools.classroom.peek()?.showOther({ kind: 'look-tab', bytes: writeTabLook({ tab, place }) });
}

/** The person chooses: the way back is forgotten. */
export function chooseTab(tab: Tab): void {
  chosenTab.value = tab;
  stay();
}

/** The other person wants one to look there. Who is busy is asked. */
export function bringToTab(look: TabLook): void {
  if (isElsewhere(look.tab) && isBusy()) wantedTab.value = look;
  else goToTab(look);
}

export function goToTab({ tab, place }: TabLook): void {
  if (isElsewhere(tab)) cameFrom.value ??= { tab: chosenTab.peek(), isPanelOpen: isPanelOpen.peek() };
  wantedTab.value = null;
  wantedPlace.value = tab === 'notes' ? place : null;
  chosenTab.value = tab;
  if (!isPanelOpen.peek()) openPanel(true);
}

/** Go back to where one was: what had given way to the panel comes back with its end. */
export function goBack(): void {
  const { value: before } = cameFrom;
  stay();
  if (!before) return;
  chosenTab.value = before.tab;
  if (!before.isPanelOpen) openPanel(false);
}

export function stay(): void {
  wantedTab.value = null;
  cameFrom.value = null;
}

function isElsewhere(tab: Tab): boolean {
  return chosenTab.peek() !== tab || !isPanelOpen.peek();
}

/** They write in the panel, or are at the board and there is no room beside it. */
function isBusy(): boolean {
  const field = document.activeElement?.closest('textarea, input, [contenteditable="true"]');
  return Boolean(field?.closest('.panel')) || (isBoardOpen.peek() && !isWide.peek());
}
