// What is said of a tab to which the other person leads: a question with two answers, or the way back.

import type { VNode } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';

vi.mock('../src/room/store/room-store', () => ({ isWide: { peek: () => true } }));
vi.mock('../src/room/store/panel-state', () => ({ isPanelOpen: { peek: () => true }, openPanel: vi.fn() }));
vi.mock('../src/room/classroom/tools-state', () => ({ otherName: () => 'Marta', tools: {} }));
vi.mock('../src/i18n/lazy-words', () => ({ t: (key: string) => key }));

const { TabLed } = await import('../src/room/classroom/TabLed');
const { cameFrom, stay, wantedTab } = await import('../src/room/classroom/panel-tab');

const drawn = () => JSON.stringify((TabLed() as VNode<{ children: unknown }>).props);

afterEach(stay);

test('nothing is said where nobody leads', () => {
  expect(drawn()).not.toContain('tab-led-line');
});

test('who is busy is asked', () => {
  wantedTab.value = { tab: 'notes', place: new Uint8Array() };

  for (const part of ['board.wanted', 'tab-go', 'board.stay']) expect(drawn()).toContain(part);
});

test('who was brought has a way back, and nothing to answer', () => {
  cameFrom.value = { tab: 'chat', isPanelOpen: true };

  for (const part of ['board.brought', 'tab-back', 'board.back']) expect(drawn()).toContain(part);
  expect(drawn()).not.toContain('tab-go');
});
