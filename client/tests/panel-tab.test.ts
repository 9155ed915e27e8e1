// Where the other person brings one in the panel: at once, or after a question; and back.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Shown } from '../src/classroom/tool-line';
import { isBoardOpen } from '../src/room/store/board-state';

const panel = { isOpen: signal(true) };
const wide = signal(true);
const shown: Shown[] = [];
vi.mock('../src/room/store/panel-state', () => ({
  get isPanelOpen() {
    return panel.isOpen;
  },
  openPanel: (open: boolean) => {
    panel.isOpen.value = open;
  },
}));
vi.mock('../src/room/store/room-store', () => ({
  get isWide() {
    return wide;
  },
}));

vi.mock('../src/room/classroom/tools-state', () => ({
  tools: { classroom: { peek: () => ({ showOther: (each: Shown) => shown.push(each) }) } },
}));

const {
  bringToTab,
  callToTab,
  cameFrom,
  chooseTab,
  chosenTab,
  goBack,
  goToTab,
  ownPlace,
  stay,
  wantedPlace,
  wantedTab,
} = await import('../src/room/classroom/panel-tab');

const NOTES = { tab: 'notes', place: Uint8Array.of(1, 2) } as const;
const VOCABULARY = { tab: 'vocabulary', place: new Uint8Array() } as const;

/** The person has the keyboard in a field of the panel. */
function write(): void {
  vi.stubGlobal('document', { activeElement: { closest: () => ({ closest: () => ({}) }) } });
}

beforeEach(() => {
  vi.stubGlobal('document', { activeElement: null });
  panel.isOpen.value = true;
  wide.value = true;
  isBoardOpen.value = false;
  wantedPlace.value = null;
  chooseTab('chat');
});

afterEach(() => vi.unstubAllGlobals());

test('who does nothing is brought to the tab and the place in it, and back', () => {
  panel.isOpen.value = false;
  bringToTab(NOTES);

  expect([chosenTab.value, panel.isOpen.value, wantedPlace.value]).toEqual(['notes', true, NOTES.place]);

  goBack();

  expect([chosenTab.value, panel.isOpen.value, cameFrom.value]).toEqual(['chat', false, null]);
});

test('who writes in the panel is asked, and may stay or go', () => {
  write();
  bringToTab(VOCABULARY);
  expect([chosenTab.value, wantedTab.value]).toEqual(['chat', VOCABULARY]);
  stay();
  expect([chosenTab.value, wantedTab.value]).toEqual(['chat', null]);

  bringToTab(VOCABULARY);
  goToTab(VOCABULARY);

  expect([chosenTab.value, wantedTab.value, cameFrom.value?.tab]).toEqual(['vocabulary', null, 'chat']);
});

test('at the board of a small window one is asked, and beside a large one brought', () => {
  panel.isOpen.value = false;
  isBoardOpen.value = true;
  wide.value = false;
  bringToTab(NOTES);
  expect([panel.isOpen.value, wantedTab.value]).toEqual([false, NOTES]);

  stay();
  wide.value = true;
  bringToTab(NOTES);

  expect([panel.isOpen.value, chosenTab.value]).toEqual([true, 'notes']);
});

test('who is in that tab already sees only the place, also while they write', () => {
  chooseTab('notes');
  write();
  bringToTab(NOTES);

  expect([wantedPlace.value, wantedTab.value, cameFrom.value]).toEqual([NOTES.place, null, null]);
});

test('the way back leads to where one was before all of it, and goes with one’s own choice', () => {
  bringToTab(NOTES);
  bringToTab(VOCABULARY);
  expect(cameFrom.value).toEqual({ tab: 'chat', isPanelOpen: true });

  chooseTab('notes');

  expect(cameFrom.value).toBeNull();
  goBack();
  expect(chosenTab.value).toBe('notes');
});

test('the other is called to a tab, and in the notes to where one is', () => {
  ownPlace.read = () => Uint8Array.of(7);
  callToTab('notes');
  callToTab('vocabulary');

  expect(shown.map(({ bytes }) => [...bytes])).toEqual([[1, 7], [2]]);
});
