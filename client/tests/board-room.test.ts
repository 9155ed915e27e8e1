// The board and the panel in a window that is too small for both.

import { beforeEach, expect, test, vi } from 'vitest';

const fake = vi.hoisted(() => ({ media: { matches: false, onchange: null as (() => void) | null } }));
vi.stubGlobal('matchMedia', () => fake.media);
vi.mock('../src/theme/apply-theme', () => ({ isShown: () => true }));
vi.mock('../src/room/store/room-store', async () => {
  const { signal } = await import('@preact/signals');
  return { isWide: signal(false) };
});

const { isWritingBeside, shareRoom, startSharing } = await import('../src/room/classroom/board-room');
const { isBoardOpen } = await import('../src/room/store/board-state');
const { isPanelOpen, openPanel } = await import('../src/room/store/panel-state');
const { isWide } = await import('../src/room/store/room-store');

const NONE = { isBoardOpen: false, isPanelOpen: false, isBoardAside: false };
const BOARD = { ...NONE, isBoardOpen: true };
const PANEL = { ...NONE, isPanelOpen: true };
const BOTH = { ...BOARD, isPanelOpen: true };
const ASIDE = { ...PANEL, isBoardAside: true };

test.each([
  ['beside each other both stay', PANEL, BOTH, 'both', BOTH],
  ['the panel gives way to the board that opens', PANEL, BOTH, 'either', BOARD],
  ['who asks for the panel has both, where there is room', BOARD, BOTH, 'either', BOTH],
  ['on a phone the board gives way to the panel that opens', BOARD, BOTH, 'one', ASIDE],
  ['the board comes back after the panel', ASIDE, { ...NONE, isBoardAside: true }, 'one', BOARD],
  ['the board comes back to a window that has grown', ASIDE, ASIDE, 'both', BOTH],
  ['who opens the board oneself has it', ASIDE, { ...ASIDE, isBoardOpen: true }, 'one', BOARD],
  ['a board that is closed stays closed', BOTH, PANEL, 'either', PANEL],
  ['in a window that shrinks the panel stays in which one writes', BOTH, BOTH, 'one', ASIDE],
] as const)('%s', (_, before, now, room, after) => {
  expect(shareRoom(before, now, room)).toEqual(after);
  expect(shareRoom(after, after, room)).toEqual(after);
});

beforeEach(() => {
  isBoardOpen.value = false;
  openPanel(false);
});

test('the page follows, and a window that is turned as well', () => {
  fake.media.matches = true;
  startSharing();
  const shown = () => [isBoardOpen.value, isPanelOpen.value];
  openPanel(true);
  isBoardOpen.value = true;
  expect(shown()).toEqual([true, false]);
  openPanel(true);
  expect(shown()).toEqual([false, true]);

  fake.media.matches = false;
  fake.media.onchange?.();
  isWide.value = true;

  expect(shown()).toEqual([true, true]);
});

test('who writes in the panel is known, but only where the board would take its place', () => {
  const inPanel = { closest: (selector: string) => (selector === '.panel' ? {} : inPanel) };
  vi.stubGlobal('document', { activeElement: inPanel });
  isWide.value = false;
  expect(isWritingBeside()).toBe(true);
  isWide.value = true;
  expect(isWritingBeside()).toBe(false);
  vi.stubGlobal('document', { activeElement: null });
  isWide.value = false;

  expect(isWritingBeside()).toBe(false);
});
