// What is heard of the other person's board before it is opened: something new on it, and a wish that one looks.

import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';

const fake = vi.hoisted(() => ({ isShown: true, isWriting: false }));
const classroom = { doc: new Y.Doc() };
const opened = signal<typeof classroom | null>(null);
vi.mock('../src/room/classroom/tools-state', () => ({
  tools: {
    get classroom() {
      return opened;
    },
    open: vi.fn(),
  },
}));
vi.mock('../src/theme/apply-theme', () => ({ isShown: () => fake.isShown }));
vi.mock('../src/room/classroom/board-room', () => ({
  isWritingBeside: () => fake.isWriting,
  startSharing: () => undefined,
}));
vi.mock('preact/hooks', () => ({ useEffect: () => undefined }));

/** A page that was just loaded: what an earlier test has started hears nothing. */
async function loadPage() {
  vi.resetModules();
  const { isBoardOpen } = await import('../src/room/store/board-state');
  const { theirView } = await import('../src/room/classroom/board-news');
  return { ...(await import('../src/room/classroom/BoardPlace')), isBoardOpen, theirView };
}

let page: Awaited<ReturnType<typeof loadPage>>;

beforeEach(async () => {
  classroom.doc = new Y.Doc();
  opened.value = null;
  Object.assign(fake, { isShown: true, isWriting: false });
  page = await loadPage();
});

const hasSign = () =>
  JSON.stringify((page.BoardPlace() as VNode<{ children: unknown }>).props).includes('"board-sign"');

/** The other page draws something. */
function drawThere(): void {
  const there = new Y.Doc();
  there.getMap('board').set(String(there.clientID), {});
  Y.applyUpdate(classroom.doc, Y.encodeStateAsUpdate(there));
}

test('where the platform hides it nothing is heard', () => {
  fake.isShown = false;
  page.startBoard();
  opened.value = classroom;
  drawThere();

  expect(hasSign()).toBe(false);
  expect(page.BoardButton()).toBeNull();
});

test('what the other draws gives a sign until the board is opened; what one draws oneself gives none', () => {
  page.startBoard();
  opened.value = classroom;
  classroom.doc.getMap('board').set('own', {});
  expect(hasSign()).toBe(false);
  drawThere();
  expect(hasSign()).toBe(true);
  page.isBoardOpen.value = true;
  page.isBoardOpen.value = false;

  expect(hasSign()).toBe(false);
});

test('who is called to look has the board opened', () => {
  page.bringToBoard(Uint8Array.of(1));

  expect([page.isBoardOpen.value, page.theirView.value]).toEqual([true, Uint8Array.of(1)]);
});

test('who writes where the board would be is not torn away, and gets a sign', () => {
  fake.isWriting = true;
  page.bringToBoard(Uint8Array.of(3));
  expect([page.isBoardOpen.value, hasSign()]).toEqual([false, true]);
  page.isBoardOpen.value = true;

  expect(page.theirView.value).toEqual(Uint8Array.of(3));
});
