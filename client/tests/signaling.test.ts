// The room's socket, and the one that the inline script opened: taken once, only while it lives, and never left open.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeSocket } from '../src/base/prefetch';
import { Signaling } from '../src/call/transport/signaling';
import type { Join, RoomFrame } from '../src/call/transport/wire';
import { Socket } from './fake-socket';

const URL = 'ws://localhost:3000/?room=lesson';

beforeEach(() => {
  Socket.made = [];
  vi.stubGlobal('WebSocket', Socket);
});

afterEach(() => {
  vi.useRealTimers();
  globalThis.langdaoSocket = undefined;
  vi.unstubAllGlobals();
});

function readGolden(path: string): object {
  return JSON.parse(
    readFileSync(new globalThis.URL(`../../wire/${path}`, import.meta.url), 'utf8'),
  ) as object;
}

/** Open a socket as the inline script does. *received* has come on it since it joined. */
function open(url = URL, received: string[] = []): Socket {
  const socket = new Socket(url);
  globalThis.langdaoSocket = { url, socket: socket as unknown as WebSocket, received };
  return socket;
}

/** Go to the room as the call does: the first frame is known a moment after the socket was asked for. */
function enter(heard: RoomFrame[] = []): Signaling {
  let page = '';
  const signaling = new Signaling(URL, {
    makeHandshake: () => ({ type: 'join', page, role: 'student' }) as Join,
    makeSecondHandshake: () => ({ type: 'join', page, role: 'student' }) as Join,
    onFrame: (frame) => heard.push(frame),
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
  const frames: RoomFrame[] = [];

  const signaling = enter(frames);
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

test('one that was refused meanwhile is not asked again', async () => {
  vi.useFakeTimers();
  const refusal = { type: 'error', code: 'seat-belongs-to-another', message: 'Not yours.', final: true };
  open(URL, [JSON.stringify(refusal)]).readyState = 3;
  const frames: RoomFrame[] = [];

  enter(frames);
  await vi.advanceTimersByTimeAsync(600_000);

  expect(frames).toMatchObject([{ code: 'seat-belongs-to-another' }]);
  expect(Socket.made).toHaveLength(1);
});

test('one that was lost meanwhile is replaced', async () => {
  vi.useFakeTimers();
  open().readyState = 3;

  const signaling = enter();
  await vi.advanceTimersByTimeAsync(2_000);

  expect(Socket.made).toHaveLength(2);
  Socket.made[1]?.answer();
  expect(Socket.made.map(({ sent }) => sent.length)).toEqual([0, 1]);
  signaling.close('over');
});

test('a call that was closed at once says and hears nothing', async () => {
  const socket = open(URL, [PING]);
  socket.answer();
  const frames: RoomFrame[] = [];

  enter(frames).close('over');
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

describe('when the service moves', () => {
  const moving = { type: 'moving', leaving: 'old', withinMs: 20_000 };
  const welcome = readGolden('frames/server/welcome.json');
  const chat = readGolden('frames/server/chat.json');

  /** Be in the call on a first socket, and be told to move: the second socket is open. */
  function begin() {
    vi.useFakeTimers();
    const heard: RoomFrame[] = [];
    const first = open();
    const signaling = enter(heard);
    first.answer();
    first.say(welcome);
    first.say(moving);
    const second = Socket.made[1] as Socket;
    second.answer();
    heard.length = 0;
    return { heard, signaling, first, second };
  }

  test('the first socket works on while the second looks for another process', () => {
    const { heard, signaling, first, second } = begin();

    first.say(chat);
    signaling.send({ type: 'end-session' });

    expect(second.sent).toEqual([{ type: 'join', page: 'known', role: 'student', leaving: 'old' }]);
    expect(heard.map(({ type }) => type)).toEqual(['chat']);
    expect(first.sent.map(({ type }) => type)).toEqual(['join', 'end-session']);
    signaling.close('over');
  });

  test('the page leaves the first when the second has let it in, and what was written there still comes', () => {
    const { heard, signaling, first, second } = begin();

    second.say(welcome);
    first.say({ type: 'ping', serverTime: 1 });
    first.say(chat);
    signaling.send({ type: 'end-session' });

    expect(heard.map(({ type }) => type)).toEqual(['welcome', 'chat']);
    expect(first.sent.map(({ type }) => type)).toEqual(['join', 'moved']);
    expect(second.sent.map(({ type }) => type)).toEqual(['join', 'end-session']);
    vi.advanceTimersByTime(3_000);
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    signaling.close('over');
  });

  test('where the old process answers, the page stays and tries again', () => {
    const { heard, signaling, first, second } = begin();

    second.say({ type: 'error', code: 'service-moving', message: '' });
    second.lose(1013);
    vi.advanceTimersByTime(2_000);
    Socket.made[2]?.answer();

    expect(Socket.made).toHaveLength(3);
    expect(Socket.made[2]?.sent).toMatchObject([{ leaving: 'old' }]);
    expect([heard, first.isClosed]).toEqual([[], false]);
    signaling.close('over');
  });

  test('a first socket that is closed meanwhile is replaced at once, and one search ends', () => {
    const { signaling, first, second } = begin();

    first.lose(1012);
    vi.advanceTimersByTime(1);
    Socket.made[2]?.answer();

    expect(second.isClosed).toBe(true);
    expect(Socket.made).toHaveLength(3);
    expect(Socket.made[2]?.sent).toEqual([{ type: 'join', page: 'known', role: 'student' }]);
    signaling.close('over');
  });

  test('a call that ends stops looking', () => {
    const { signaling, first, second } = begin();

    signaling.close('over');
    vi.advanceTimersByTime(10_000);

    expect([first.isClosed, second.isClosed]).toEqual([true, true]);
    expect(Socket.made).toHaveLength(2);
  });
});
