// The beginning of a call in the inline script: it joins as the call itself would, and keeps no seat for a page that never loads.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeConnection, takeSocket } from '../src/base/prefetch';
import { beginEarly } from '../src/call/early-call';
import { readLink } from '../src/call/link';
import { DeviceChoices } from '../src/call/media/device-choices';
import { TabMemory } from '../src/call/tab-memory';
import { configuration } from '../src/call/transport/rtc-config';

const LINK = readLink(
  'http://localhost:3000/?room=lesson&role=tutor&address=0xfB69&language=es&sessionStart=5',
);

class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readonly sent: unknown[] = [];
  readonly closed: unknown[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number, reason: string): void {
    this.readyState = 3;
    this.closed.push([code, reason]);
  }
}

class Connection {
  isClosed = false;

  addTransceiver(): object {
    return {};
  }

  createDataChannel(): object {
    return {};
  }

  async createOffer(): Promise<object> {
    return { type: 'offer', sdp: 'an offer' };
  }

  close(): void {
    this.isClosed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.made = [];
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('RTCPeerConnection', Connection);
  vi.stubGlobal('MediaStream', class {});
});

afterEach(() => {
  globalThis.langdaoSocket = globalThis.langdaoConnection = globalThis.langdaoPage = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(onAnswered: () => void = () => undefined): Socket {
  const choices = new DeviceChoices();
  choices.set({ video: false });
  beginEarly(LINK, new TabMemory('lesson', 'tutor'), choices, onAnswered);
  return Socket.made[0] as Socket;
}

test('it joins once the socket is open, with the devices that are on', () => {
  const socket = begin();

  socket.open();

  const page = globalThis.langdaoPage;
  expect(page).toMatch(/^[0-9a-f]{24}$/);
  expect(socket.sent).toEqual([
    { type: 'join', page, role: 'tutor', address: '0xfB69', language: 'es', sessionStart: 5, video: false },
  ]);
});

test('the other scripts run once the service has answered, whatever it says', async () => {
  const onAnswered = vi.fn();
  const socket = begin(onAnswered);
  socket.open();
  await vi.advanceTimersByTimeAsync(50);
  const before = onAnswered.mock.calls.length;

  socket.onmessage?.({ data: 'no frame' });
  socket.onmessage?.({ data: '{"type":"ping"}' });
  await vi.advanceTimersByTimeAsync(0);

  expect([before, onAnswered.mock.calls.length]).toEqual([0, 1]);
});

test('the call gets the socket, what came on it, and the connection, each once', () => {
  const socket = begin();
  socket.open();
  socket.onmessage?.({ data: 'one' });

  const taken = takeSocket(LINK.socketUrl);

  expect(taken?.socket).toBe(socket);
  expect(taken?.received).toEqual(['one']);
  expect(takeConnection(configuration([], false))?.connection).toBeInstanceOf(Connection);
  expect([takeSocket(LINK.socketUrl), takeConnection(configuration([], false))]).toEqual([null, null]);
  vi.advanceTimersByTime(60_000);
  expect(socket.closed).toEqual([]);
});

test('a call that wants another connection gets none, and the early one is closed', () => {
  begin();
  const { connection } = globalThis.langdaoConnection ?? {};

  const taken = takeConnection({ ...configuration([], false), iceTransportPolicy: 'relay' });

  expect(taken).toBeNull();
  expect(connection).toMatchObject({ isClosed: true });
});

test('a page that loads too late has given its seat back with a goodbye, and comes back to it by its id', () => {
  const socket = begin();
  socket.open();
  const { connection } = globalThis.langdaoConnection ?? {};

  vi.advanceTimersByTime(8_000);

  expect(connection).toMatchObject({ isClosed: true });
  expect(takeConnection(configuration([], false))).toBeNull();
  expect(socket.closed).toEqual([[1000, 'page-not-loaded']]);
  expect(takeSocket(LINK.socketUrl)).toBeNull();
  expect(socket.sent).toMatchObject([{ page: globalThis.langdaoPage }]);
});

test('in a browser that refuses the connection the other scripts need not wait', () => {
  vi.stubGlobal('RTCPeerConnection', () => {
    throw new TypeError('blocked');
  });

  const isBegun = beginEarly(LINK, new TabMemory('lesson', 'tutor'), new DeviceChoices(), vi.fn());

  expect(isBegun).toBe(false);
});
