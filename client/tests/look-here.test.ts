// What the other person shows at this moment: a pointer, a part of the board, a tab; and what is not listened to.

import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeTabLook } from '../src/classroom/tab-look';
import type { Shown } from '../src/classroom/tool-line';
import { theirPointer } from '../src/room/classroom/board-news';

const fake = vi.hoisted(() => ({ hidden: [] as string[], board: [] as Uint8Array[], tabs: [] as string[] }));
const classroom = { onShown: (_shown: Shown): void => undefined };
const opened = signal<typeof classroom | null>(null);
vi.mock('../src/room/classroom/tools-state', () => ({
  tools: {
    get classroom() {
      return opened;
    },
  },
}));
vi.mock('../src/theme/apply-theme', () => ({ isShown: (name: string) => !fake.hidden.includes(name) }));
vi.mock('../src/room/classroom/BoardPlace', () => ({
  bringToBoard: (part: Uint8Array) => fake.board.push(part),
}));
const cameFrom = signal<object | null>(null);
const isPanelOpen = signal(true);
vi.mock('../src/room/classroom/panel-tab', () => ({
  bringToTab: ({ tab }: { tab: string }) => fake.tabs.push(tab),
  get cameFrom() {
    return cameFrom;
  },
}));
vi.mock('../src/room/store/panel-state', () => ({
  get isPanelOpen() {
    return isPanelOpen;
  },
}));

const { startLooking } = await import('../src/room/classroom/look-here');

const PART: Shown = { kind: 'look-here', bytes: Uint8Array.of(1) };
const NOTES: Shown = {
  kind: 'look-tab',
  bytes: writeTabLook({ tab: 'notes', place: new Uint8Array() }),
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  Object.assign(fake, { hidden: [], board: [], tabs: [] });
  opened.value = null;
  startLooking();
  opened.value = classroom;
});

afterEach(() => vi.useRealTimers());

test('one is brought to the board and to a tab, at most once in three seconds', () => {
  classroom.onShown(PART);
  classroom.onShown(NOTES);
  vi.advanceTimersByTime(2_900);
  classroom.onShown(NOTES);
  expect([fake.board.length, fake.tabs]).toEqual([1, []]);

  vi.advanceTimersByTime(200);
  classroom.onShown(NOTES);

  expect([fake.board.length, fake.tabs]).toEqual([1, ['notes']]);
});

test('a pointer counts at any time', () => {
  classroom.onShown(PART);
  classroom.onShown({ kind: 'pointer', bytes: Uint8Array.of(5) });

  expect(theirPointer.value).toEqual(Uint8Array.of(5));
});

test('what the platform hides, and what is no tab, is not shown and holds up nothing', () => {
  fake.hidden = ['board', 'vocabulary'];
  classroom.onShown(PART);
  classroom.onShown({ kind: 'look-tab', bytes: Uint8Array.of(2) });
  classroom.onShown({ kind: 'look-tab', bytes: Uint8Array.of(9) });
  classroom.onShown({ kind: 'look-tab', bytes: new Uint8Array() });
  expect([fake.board, fake.tabs]).toEqual([[], []]);

  classroom.onShown(NOTES);

  expect(fake.tabs).toEqual(['notes']);
});

test('who closes the panel has left, and is led nowhere back when it opens again', () => {
  cameFrom.value = {};
  expect(cameFrom.value).not.toBeNull();
  isPanelOpen.value = false;
  isPanelOpen.value = true;

  expect(cameFrom.value).toBeNull();
});
