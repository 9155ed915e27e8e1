// Two pages whose path, sockets and networks fail in any order find each other again. Everything runs in the test's own time.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallMedia } from '../src/call/call-media';
import { NO_FLOW } from '../src/call/transport/wire';
import { areTogether, begin, type FakeCall, faults, pass, waitUntilTogether } from './fake-call';
import { FakePeerConnection, seeded } from './fake-network';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** How many stories of faults are told. */
const SEEDS = 50;

describe('the two', () => {
  test('meet', async () => {
    const call = await begin();

    expect(areTogether(call)).toBe(true);
    expect(faults(call)).toEqual([]);
  });

  test('say that nothing has come before there is a path, and do not ask the browser for that', async () => {
    const [started, askedIn, told]: [CallMedia[], string[], object[]] = [[], [], []];
    const { start } = CallMedia.prototype;
    const { getStats } = FakePeerConnection.prototype;
    vi.spyOn(CallMedia.prototype, 'start').mockImplementation(function (this: CallMedia) {
      started.push(this);
      start.call(this);
    });
    vi.spyOn(FakePeerConnection.prototype, 'getStats').mockImplementation(function (
      this: FakePeerConnection,
    ) {
      askedIn.push(this.connectionState);
      return getStats.call(this);
    });
    setInterval(() => {
      for (const media of started) void media.readCounts().then((counts) => told.push(counts));
    }, 10);

    await begin();

    expect(new Set(askedIn)).toEqual(new Set(['connected']));
    expect(told[0]).toEqual({});
    expect(told).toContainEqual({ media: NO_FLOW, acks: { audio: 0, video: 0, path: 0 } });
  });

  test('go on, and say what they had counted, where the browser gives no statistics', async () => {
    const call = await begin();
    await pass(3_000);
    const before = await call.student.media.readCounts();

    const refuse = vi.spyOn(FakePeerConnection.prototype, 'getStats').mockRejectedValue(new Error('closed'));
    await pass(3_000);

    expect(refuse).toHaveBeenCalled();
    expect(await call.student.media.readCounts()).toEqual(before);
    expect(areTogether(call)).toBe(true);
  });

  test('find a new path by the same connections, within 3 s, when a machine gets another address without a word', async () => {
    const call = await begin();
    const made = call.network.connections.length;

    call.network.place.student += 1;
    call.student.loseSocket(false);

    expect(await waitUntilTogether(call, 20_000)).toBeGreaterThan(0);
    expect(call.network.connections.length).toBe(made);
    expect(call.pages.map(({ shown }) => shown)).toEqual([
      ['connecting', 'connected', 'interrupted', 'connected'],
      ['connecting', 'connected', 'interrupted', 'connected'],
    ]);
  });

  test('find it by the same connections, within 4 s, when the browser knows the new address a second too late', async () => {
    const call = await begin();
    const made = call.network.connections.length;

    call.network.place.student += 1;
    call.network.believed = { student: 0 };
    await pass(1_000);
    call.student.media.changeNetwork();
    setTimeout(() => {
      call.network.believed = {};
    }, 800);

    expect(await waitUntilTogether(call, 20_000)).toBeLessThan(3_000);
    expect(call.network.connections.length).toBe(made);
    expect(faults(call)).toEqual([]);
  });

  test('say nothing of a gap of 2 s, and say it from 2.5 s on', async () => {
    const call = await begin();

    call.network.isCut = true;
    await pass(2_000);
    const soon = call.pages.map(({ state }) => state.link);
    await pass(1_000);
    const later = call.pages.map(({ state }) => state.link);
    call.network.isCut = false;
    await waitUntilTogether(call, 20_000);

    expect(soon).toEqual(['interrupted', 'interrupted']);
    expect(later).toEqual(['reconnecting', 'reconnecting']);
    expect(areTogether(call)).toBe(true);
  });

  test('do not touch their connection while only the sockets are lost', async () => {
    const call = await begin();
    const made = call.network.connections.length;
    call.room.isReachable = false;

    for (const page of call.pages) page.loseSocket(true);
    for (const page of call.pages) page.reopen();
    await pass(60_000);
    const meanwhile = areTogether(call);
    call.room.isReachable = true;
    await pass(3_000);

    expect(meanwhile).toBe(true);
    expect(call.network.connections.length).toBe(made);
    expect(call.pages.map(({ state }) => state.link)).toEqual(['connected', 'connected']);
  });

  test('restart as soon as the socket is back where path and sockets are lost together', async () => {
    const call = await begin();
    call.room.isReachable = false;
    call.network.place.tutor += 1;

    for (const page of call.pages) page.loseSocket(true);
    for (const page of call.pages) page.reopen();
    await pass(4_000);
    call.room.isReachable = true;

    expect(await waitUntilTogether(call, 5_000)).toBeLessThan(2_000);
  });

  test('make another connection where the browser has closed one while the page was away', async () => {
    const call = await begin();
    const [closed] = call.network.connections.filter(({ side, hears }) => side === 'student' && hears);

    closed?.close();
    call.student.act(() => call.student.media.wake());

    expect(await waitUntilTogether(call, 20_000)).toBeLessThan(10_000);
  });

  test('restart both at once, and do not get into each other’s way', async () => {
    const call = await begin();
    const made = call.network.connections.length;

    for (const page of call.pages) page.act(() => page.media.changeNetwork());
    await pass(2_000);

    expect(areTogether(call)).toBe(true);
    expect(call.network.connections.length).toBe(made);
    expect(faults(call)).toEqual([]);
  });

  test('restart where the path is there and nothing comes over it', async () => {
    const call = await begin();
    const made = call.network.connections.length;
    const wedged = call.network.connections.map(({ localDescription }) => localDescription?.sdp ?? '');

    call.network.isWedged = (_, fragment) => wedged.some((sdp) => sdp.includes(`:${fragment}\r`));
    await pass(500);

    await waitUntilTogether(call, 20_000);
    expect(areTogether(call)).toBe(true);
    expect(call.network.connections.length).toBe(made);
  });

  test('begin over where a restart does not help', async () => {
    const call = await begin();
    const wedged = call.network.connections.map(({ fingerprint }) => fingerprint);

    call.network.isWedged = (fingerprint) => wedged.includes(fingerprint);
    await pass(500);

    expect(await waitUntilTogether(call, 20_000)).toBeLessThan(10_000);
  });

  test('give up after a few steps where nothing ever comes, and go on when it does', async () => {
    const call = await begin();

    call.network.isWedged = () => true;
    await pass(120_000);
    const soon = call.network.connections.length;
    await pass(600_000);
    const later = call.network.connections.length;
    call.network.isWedged = () => false;
    await pass(1_000);

    expect(later).toBe(soon);
    expect(soon).toBeLessThan(16);
    expect(areTogether(call)).toBe(true);
  });
});

describe('what a page sends', () => {
  test('for ever is answered now and then, and the call goes on', async () => {
    const call = await begin();
    const made = call.network.connections.length;

    for (let each = 0; each < 300; each += 1) {
      call.tutor.act(() => call.tutor.media.changeNetwork());
      await pass(200);
    }

    expect(areTogether(call)).toBe(true);
    expect(call.network.connections.length).toBe(made);
    const answers = call.student.sent.filter(({ type }) => type === 'answer');
    expect(answers.length).toBeLessThanOrEqual(75);
  });

  test('as descriptions of ever new connections makes only so many here', async () => {
    const call = await begin();
    const made = call.network.connections.length;
    const to = 'page-of-student';

    for (let number = 100; number < 400; number += 1) {
      const sdp = `v=0\r\na=fingerprint:sha-256 other-${number}\r\na=ice-ufrag:u${number}\r\n`;
      call.student.receive({ type: 'offer', to, sdp, number });
      await pass(50);
    }

    expect(call.network.connections.length - made).toBeLessThanOrEqual(25);
    expect(await waitUntilTogether(call, 20_000)).toBeLessThan(20_000);
  });
});

type Fault = (call: FakeCall, random: () => number) => void;

const somebody = ({ student, tutor }: FakeCall, random: () => number) => (random() < 0.5 ? student : tutor);

const FAULTS: Record<string, Fault> = {
  cut: ({ network }) => {
    network.isCut = true;
  },
  mend: ({ network }) => {
    network.isCut = false;
  },
  move: (call, random) => {
    call.network.place[somebody(call, random).role] += 1;
  },
  'move and notice': (call, random) => {
    const page = somebody(call, random);
    call.network.place[page.role] += 1;
    page.reopen();
    page.act(() => page.media.changeNetwork());
  },
  notice: (call, random) => {
    const page = somebody(call, random);
    page.act(() => page.media.changeNetwork());
  },
  'lose a socket': (call, random) => somebody(call, random).loseSocket(true),
  'lose a socket silently': (call, random) => somebody(call, random).loseSocket(false),
  'open a socket': (call, random) => somebody(call, random).reopen(),
  'close the service': ({ room }) => {
    room.isReachable = false;
  },
  'open the service': ({ room }) => {
    room.isReachable = true;
  },
  wedge: ({ network }) => {
    const now = network.connections.map(({ localDescription }) => localDescription?.sdp ?? '');
    network.isWedged = (_, fragment) => now.some((sdp) => sdp.includes(`:${fragment}\r`));
  },
  'wait long': () => undefined,
};

/** Twelve faults in a minute, in an order that only the seed knows; then everything is whole, and both sockets are new. */
async function suffer(seed: number): Promise<{ call: FakeCall; story: string; tookMs: number }> {
  const random = seeded(seed);
  const call = await begin(random);
  const names = Object.keys(FAULTS);
  const story: string[] = [];
  for (let done = 0; done < 12; done += 1) {
    const name = names[Math.floor(random() * names.length)] ?? '';
    const waitMs = random() < 0.3 ? random() * 100 : random() * 9_000;
    story.push(`${name}, ${Math.round(waitMs)} ms`);
    FAULTS[name]?.(call, random);
    await pass(waitMs);
  }
  call.network.isCut = false;
  call.network.isWedged = () => false;
  call.room.isReachable = true;
  for (const page of call.pages) if (page.isDeaf || !page.isJoined) page.reopen();
  const tookMs = await waitUntilTogether(call, 60_000);
  return { call, story: story.join(' · '), tookMs };
}

test('after any faults in any order the two are together again within 10 s', async () => {
  const late: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { call, story, tookMs } = await suffer(seed);
    if (tookMs > 10_000) late.push(`seed ${seed}: ${tookMs} ms after ${story}`);
    late.push(...faults(call).map((fault) => `seed ${seed}: ${fault} in ${story}`));
    call.network.stop();
    vi.clearAllTimers();
  }

  expect(late).toEqual([]);
}, 120_000);
