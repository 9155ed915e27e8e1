// The search for another process of the service: one socket at a time, until one lets the page in or the search is stopped.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Move } from '../src/call/transport/move';
import type { Join } from '../src/call/transport/wire';
import { Socket } from './fake-socket';

const URL = 'ws://localhost:3000/?room=lesson';

beforeEach(() => {
  Socket.made = [];
  vi.stubGlobal('WebSocket', Socket);
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function look(): { move: Move; found: [unknown, string][] } {
  const found: [unknown, string][] = [];
  const move = new Move(URL, 'old', {
    makeHandshake: () => ({ type: 'join', page: 'p-12345678', role: 'tutor' }) as Join,
    onFound: (socket, frame) => found.push([socket, frame]),
  });
  return { move, found };
}

test.each(['welcome', 'lobby'])('%s of another process ends the search', (type) => {
  const { found } = look();
  const [socket] = Socket.made;
  socket?.answer();

  socket?.say({ type });
  vi.advanceTimersByTime(10_000);

  expect(found).toEqual([[socket, JSON.stringify({ type })]]);
  expect(Socket.made).toHaveLength(1);
  expect(socket?.isClosed).toBe(false);
});

test('frames before it say nothing', () => {
  const { move, found } = look();
  Socket.made[0]?.answer();

  Socket.made[0]?.say({ type: 'error', code: 'service-moving', message: '' });
  Socket.made[0]?.say({ type: 'ping', serverTime: 1 });

  expect(found).toEqual([]);
  move.stop();
});

test('tries are one to two seconds apart, however long it takes', () => {
  const { move } = look();
  for (let tries = 1; tries <= 20; tries += 1) {
    expect(Socket.made).toHaveLength(tries);
    Socket.made[tries - 1]?.lose(1006);
    vi.advanceTimersByTime(999);
    expect(Socket.made).toHaveLength(tries);
    vi.advanceTimersByTime(1_001);
  }
  move.stop();
});

test('a stopped search closes its socket and makes no other', () => {
  const { move, found } = look();
  const [socket] = Socket.made;
  socket?.answer();

  move.stop();
  socket?.say({ type: 'welcome' });
  vi.advanceTimersByTime(10_000);

  expect(socket?.isClosed).toBe(true);
  expect([found, Socket.made.length]).toEqual([[], 1]);
});
