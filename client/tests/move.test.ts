// The search for another process of the service: one socket at a time, until one lets the page in or the search is stopped.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginMove, leave } from '../src/call/transport/move';
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

function look(): { stop: () => void; found: [unknown, string][] } {
  const found: [unknown, string][] = [];
  const stop = beginMove(URL, 'old', {
    makeHandshake: () => ({ type: 'join', page: 'p-12345678', role: 'tutor' }) as Join,
    onFound: (socket, frame) => found.push([socket, frame]),
  });
  return { stop, found };
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
  const { stop, found } = look();
  Socket.made[0]?.answer();

  Socket.made[0]?.say({ type: 'error', code: 'service-moving', message: '' });
  Socket.made[0]?.say({ type: 'ping', serverTime: 1 });

  expect(found).toEqual([]);
  stop();
});

test('tries are one to two seconds apart, however long it takes', () => {
  const { stop } = look();
  for (let tries = 1; tries <= 20; tries += 1) {
    expect(Socket.made).toHaveLength(tries);
    Socket.made[tries - 1]?.lose(1006);
    vi.advanceTimersByTime(999);
    expect(Socket.made).toHaveLength(tries);
    vi.advanceTimersByTime(1_001);
  }
  stop();
});

test('a stopped search closes its socket and makes no other', () => {
  const { stop, found } = look();
  const [socket] = Socket.made;
  socket?.answer();

  stop();
  socket?.say({ type: 'welcome' });
  vi.advanceTimersByTime(10_000);

  expect(socket?.isClosed).toBe(true);
  expect([found, Socket.made.length]).toEqual([[], 1]);
});

test('a socket that was left says so, passes lines on, and is closed if the service does not do it', () => {
  const socket = new Socket(URL);
  socket.answer();
  const lines: string[] = [];

  leave(socket as unknown as WebSocket, (line) => lines.push(line));
  socket.say({ type: 'chat', line: 1 });
  socket.say({ type: 'bill' });
  socket.onmessage?.({ data: 'no frame' });
  vi.advanceTimersByTime(2_000);

  expect(socket.sent).toEqual([{ type: 'moved' }]);
  expect(lines).toEqual(['{"type":"chat","line":1}']);
  expect(socket.isClosed).toBe(true);
});
