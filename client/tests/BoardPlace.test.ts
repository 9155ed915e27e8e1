// What is heard of the other person's board before it is opened: something new on it, and a wish that one looks.

import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { theirView } from '../src/room/classroom/board-news';
import { isBoardOpen } from '../src/room/store/board-state';

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

const { BoardButton, BoardPlace, bringToBoard, startBoard } = await import(
  '../src/room/classroom/BoardPlace'
);

beforeEach(() => {
  isBoardOpen.value = false;
  theirView.value = null;
  fake.isShown = true;
});

const hasSign = () =>
  JSON.stringify((BoardPlace() as VNode<{ children: unknown }>).props).includes('"board-sign"');

/** The other page draws something. */
function drawThere(): void {
  const there = new Y.Doc();
  there.getMap('board').set(String(there.clientID), {});
  Y.applyUpdate(classroom.doc, Y.encodeStateAsUpdate(there));
}

test('where the platform hides it nothing is heard', () => {
  fake.isShown = false;
  startBoard();
  opened.value = classroom;
  drawThere();

  expect(hasSign()).toBe(false);
  expect(BoardButton()).toBeNull();
  opened.value = null;
});

test('what the other draws gives a sign until the board is opened; what one draws oneself gives none', () => {
  startBoard();
  opened.value = classroom;
  classroom.doc.getMap('board').set('own', {});
  expect(hasSign()).toBe(false);
  drawThere();
  expect(hasSign()).toBe(true);
  isBoardOpen.value = true;
  isBoardOpen.value = false;

  expect(hasSign()).toBe(false);
});

test('who is called to look has the board opened', () => {
  bringToBoard(Uint8Array.of(1));

  expect([isBoardOpen.value, theirView.value]).toEqual([true, Uint8Array.of(1)]);
});

test('who writes where the board would be is not torn away, and gets a sign', () => {
  fake.isWriting = true;
  bringToBoard(Uint8Array.of(3));
  expect([isBoardOpen.value, hasSign()]).toEqual([false, true]);
  isBoardOpen.value = true;

  expect(theirView.value).toEqual(Uint8Array.of(3));
  fake.isWriting = false;
});
