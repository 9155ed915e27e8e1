// The room's socket, and the one that the inline script opened: taken once, only while it lives, and never left open.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeSocket } from '../src/base/prefetch';
import { Signaling } from '../src/call/transport/signaling';
import type { ClientFrame, Join, ServerFrame } from '../src/call/transport/wire';

const URL = 'ws://localhost:3000/?room=lesson';

/** As much of a WebSocket as the room's socket uses. */
class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readonly sent: ClientFrame[] = [];
  readyState = 0;
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }

  /** The service has answered. */
  answer(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
    this.isClosed = true;
  }
}

beforeEach(() => {
  Socket.made = [];
  vi.stubGlobal('WebSocket', Socket);
});

afterEach(() => {
  vi.useRealTimers();
  globalThis.langdaoSocket = undefined;
  vi.unstubAllGlobals();
});

/** Open a socket as the inline script does. *received* has come on it since it joined. */
function open(url = URL, received: string[] = []): Socket {
  const socket = new Socket(url);
  globalThis.langdaoSocket = { url, socket: socket as unknown as WebSocket, page: 'early', received };
  return socket;
}

/** Go to the room as the call does: the first frame is known a moment after the socket was asked for. */
function enter(onFrame: (frame: ServerFrame) => void = () => undefined): Signaling {
  let page = '';
  const signaling = new Signaling(URL, {
    makeHandshake: () => ({ type: 'join', page, role: 'student' }) as Join,
    onFrame,
    onLost: () => undefined,
    log: () => undefined,
  });
  signaling.open();
  page = 'known';
  return signaling;
}

const PING = JSON.stringify({ type: 'ping', serverTime: 7 });

test('an open socket has joined: what came on it is read once the call is set up, and no second one is made', async () => {
  const socket = open(URL, [PING]);
  socket.answer();
  const frames: ServerFrame[] = [];

  const signaling = enter((frame) => frames.push(frame));
  const before = [...frames];
  await Promise.resolve();
  socket.onmessage?.({ data: JSON.stringify({ type: 'ping', serverTime: 8 }) });

  expect(before).toEqual([]);
  expect(frames.map((frame) => frame.type === 'ping' && frame.serverTime)).toEqual([7, 8]);
  expect(socket.sent).toEqual([]);
  expect(Socket.made).toEqual([socket]);
  signaling.close('over');
});

test('one that is still opening is joined on when it is open, once', async () => {
  const socket = open();

  const signaling = enter();
  await Promise.resolve();
  socket.answer();

  expect(socket.sent).toHaveLength(1);
  signaling.close('over');
});

test('one that was lost meanwhile is replaced', () => {
  open().readyState = 3;

  const signaling = enter();

  expect(Socket.made).toHaveLength(2);
  Socket.made[1]?.answer();
  expect(Socket.made.map(({ sent }) => sent.length)).toEqual([0, 1]);
  signaling.close('over');
});

test('a call that was closed at once says and hears nothing', async () => {
  const socket = open(URL, [PING]);
  socket.answer();
  const frames: ServerFrame[] = [];

  enter((frame) => frames.push(frame)).close('over');
  await Promise.resolve();

  expect(socket.sent).toEqual([]);
  expect(frames).toEqual([]);
  expect(socket.isClosed).toBe(true);
});

test('it is taken once, and one to elsewhere is closed', () => {
  const socket = open('ws://localhost:3000/?room=another');

  expect(takeSocket(URL)).toBeNull();
  expect(socket.isClosed).toBe(true);
  expect(takeSocket(socket.url)).toBeNull();
});

test.each([
  { silentMs: 6_000, sockets: 1 },
  { silentMs: 8_000, sockets: 2 },
])('a doubted socket that was silent for $silentMs ms: $sockets', ({ silentMs, sockets }) => {
  vi.useFakeTimers();
  const socket = open();
  const signaling = enter();
  socket.answer();
  vi.advanceTimersByTime(silentMs);

  signaling.reopenIfSilent();

  expect(Socket.made).toHaveLength(sockets);
  expect(socket.isClosed).toBe(sockets === 2);
});
