// The lobby's check in networks that are made up: what gets out, what is lost, and that the check ends.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkNetwork } from '../src/call/transport/network-probe';

/** How a network answers at each address: with a candidate of this type, with an error, or not at all. */
type Answer = 'relay' | 'srflx' | 'same-address' | 'error' | 'silence';

const LOGIN = { username: 'u', credential: 'c' };
const STUN = { urls: ['stun:a'] };
const RELAYS = [
  { urls: ['turn:a?transport=udp', 'turn:a?transport=tcp'], ...LOGIN },
  { urls: ['turns:a'], ...LOGIN },
];

let answers: Record<string, Answer> = {};
let line = { delayMs: 40, keeps: (_place: number) => true, kbps: Infinity };
let open: FakeConnection[] = [];
let made = 0;
let sentBytes = 0;

class FakeChannel {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: ArrayBuffer }) => void) | null = null;
  other: FakeChannel | null = null;
  bufferedAmount = 0;
  binaryType = '';
  private sent = 0;
  private freeAtMs = 0;

  send(data: ArrayBuffer | Uint8Array): void {
    const bytes = data instanceof Uint8Array ? (data.buffer as ArrayBuffer) : data;
    sentBytes += bytes.byteLength;
    this.sent += 1;
    this.bufferedAmount += bytes.byteLength;
    this.freeAtMs = Math.max(this.freeAtMs, performance.now()) + (bytes.byteLength * 8) / line.kbps;
    const isKept = line.keeps(this.sent);
    setTimeout(() => {
      this.bufferedAmount -= bytes.byteLength;
    }, this.freeAtMs - performance.now());
    setTimeout(
      () => isKept && this.other?.onmessage?.({ data: bytes }),
      this.freeAtMs + line.delayMs - performance.now(),
    );
  }
}

class FakeConnection extends EventTarget {
  onicecandidate: ((event: { candidate: { candidate: string } | null }) => void) | null = null;
  remoteDescription: { type: string } | null = null;
  channel: FakeChannel | null = null;
  private isClosed = false;

  constructor(private readonly configuration: RTCConfiguration) {
    super();
    if (answers[this.url] === undefined) throw new SyntaxError(`bad address ${this.url}`);
    made += 1;
    open.push(this);
  }

  get url(): string {
    return String([this.configuration.iceServers?.[0]?.urls].flat()[0]);
  }

  createDataChannel(): FakeChannel {
    this.channel = new FakeChannel();
    return this.channel;
  }

  createOffer = async () => ({ type: 'offer' });
  createAnswer = async () => ({ type: 'answer' });

  async setLocalDescription(): Promise<void> {
    setTimeout(() => this.gather(answers[this.url] ?? 'silence'), 30);
  }

  async setRemoteDescription(description: { type: string }): Promise<void> {
    this.remoteDescription = description;
    this.dispatchEvent(new Event('signalingstatechange'));
  }

  /** Two connections that know each other's candidate are connected: here there are only ever two. */
  async addIceCandidate(): Promise<void> {
    const other = open.find((one) => one !== this && one.remoteDescription);
    if (!other?.channel || !this.channel || this.channel.other) return;
    this.channel.other = other.channel;
    other.channel.other = this.channel;
    setTimeout(() => {
      this.channel?.onopen?.();
      other.channel?.onopen?.();
    }, 20);
  }

  close(): void {
    this.isClosed = true;
    open = open.filter((one) => one !== this);
  }

  private gather(answer: Answer): void {
    const tell = (candidate: string | null) =>
      this.isClosed || this.onicecandidate?.({ candidate: candidate === null ? null : { candidate } });
    if (this.configuration.iceTransportPolicy !== 'relay') tell('candidate:1 1 udp 1 10.0.0.2 5 typ host');
    if (answer === 'relay' || answer === 'srflx') tell(`candidate:2 1 udp 1 198.51.100.1 5 typ ${answer}`);
    if (answer === 'error') this.dispatchEvent(new Event('icecandidateerror'));
    if (answer !== 'silence') tell(null);
  }
}

async function check(
  servers: RTCIceServer[],
  more: { readonly savesData?: boolean; readonly controller?: AbortController } = {},
) {
  const { savesData = false, controller = new AbortController() } = more;
  const options = { servers, needsRelay: false, serviceUrl: '/health', savesData, signal: controller.signal };
  const beganMs = performance.now();
  const checked = checkNetwork(options).then((results) => ({
    ...results,
    tookMs: performance.now() - beganMs,
  }));
  await vi.advanceTimersByTimeAsync(6_000);
  return checked;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  answers = {};
  line = { delayMs: 40, keeps: () => true, kbps: Infinity };
  open = [];
  made = sentBytes = 0;
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('fetch', () => new Promise((resolve) => setTimeout(resolve, 25)));
});

afterEach(() => {
  expect(open, 'connections that were left open').toEqual([]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the ways out', () => {
  test('are tried one by one', async () => {
    answers = {
      'stun:a': 'srflx',
      'turn:a?transport=udp': 'error',
      'turn:a?transport=tcp': 'relay',
      'turns:a': 'silence',
    };

    const { ways } = await check([STUN, ...RELAYS]);

    expect(ways).toEqual({ stun: 'open', udp: 'closed', tcp: 'open', tls: 'closed' });
  });

  test('that no server is named for are none, and cost no connection', async () => {
    expect(await check([])).toMatchObject({ ways: { stun: 'none', udp: 'none', tcp: 'none', tls: 'none' } });
    expect(made).toBe(0);
  });

  test('an answer of STUN that is the own address is an answer', async () => {
    answers = { 'stun:a': 'same-address' };
    expect((await check([STUN])).ways.stun).toBe('open');

    answers = { 'stun:a': 'error' };
    expect((await check([STUN])).ways.stun).toBe('closed');
  });

  test('an address that the browser refuses leads nowhere', async () => {
    expect((await check([STUN])).ways.stun).toBe('closed');
  });
});

describe('the line', () => {
  beforeEach(() => {
    answers = { 'turn:a?transport=udp': 'relay', 'turn:a?transport=tcp': 'relay', 'turns:a': 'relay' };
  });

  test('is measured over a relay that is open: round trip, loss and bandwidth', async () => {
    line = { delayMs: 80, keeps: (place) => place > 40 || place % 4 !== 0, kbps: Infinity };

    const { roundTripMs, loss, bandwidthKbps } = await check(RELAYS);

    expect([roundTripMs, loss, bandwidthKbps]).toEqual([80, 0.25, 2_000]);
  });

  test('that is narrow carries what it carries', async () => {
    line = { delayMs: 40, keeps: () => true, kbps: 400 };

    const { bandwidthKbps } = await check(RELAYS);

    expect(bandwidthKbps).toBeGreaterThan(380);
    expect(bandwidthKbps).toBeLessThan(420);
  });

  test('of a person who saves data is not filled', async () => {
    const { roundTripMs, bandwidthKbps } = await check(RELAYS, { savesData: true });

    expect([roundTripMs, bandwidthKbps]).toEqual([40, null]);
    expect(sentBytes).toBeLessThan(10_000);
  });

  test('is not measured without a relay', async () => {
    answers = {
      'stun:a': 'srflx',
      'turn:a?transport=udp': 'silence',
      'turn:a?transport=tcp': 'error',
      'turns:a': 'error',
    };

    const results = await check([STUN, ...RELAYS]);

    expect(results).toMatchObject({ roundTripMs: null, loss: null, bandwidthKbps: null });
  });
});

describe('the service', () => {
  test('is timed by its quickest answer, and not reached where it does not answer', async () => {
    expect((await check([])).serviceMs).toBe(25);

    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect((await check([])).serviceMs).toBeNull();
  });
});

describe('the end', () => {
  test('comes within five seconds, whatever does not answer', async () => {
    answers = {
      'stun:a': 'silence',
      'turn:a?transport=udp': 'silence',
      'turn:a?transport=tcp': 'silence',
      'turns:a': 'silence',
    };
    vi.stubGlobal('fetch', (_url: string, { signal }: RequestInit) => {
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    });

    const { ways, serviceMs, tookMs } = await check([STUN, ...RELAYS]);

    expect(ways).toEqual({ stun: 'closed', udp: 'closed', tcp: 'closed', tls: 'closed' });
    expect(serviceMs).toBeNull();
    expect(tookMs).toBeLessThanOrEqual(5_000);
  });

  test('of a person who joins is now: nothing more is sent', async () => {
    answers = { 'turn:a?transport=udp': 'relay', 'turn:a?transport=tcp': 'relay', 'turns:a': 'silence' };
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 400);

    const { tookMs } = await check(RELAYS, { controller });

    expect(tookMs).toBe(400);
    expect(sentBytes).toBeGreaterThan(0);
    expect(sentBytes).toBeLessThan(5_000);
  });
});
