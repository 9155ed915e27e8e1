// The driver of the browser's recogniser, with one that does what a test says.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answer, Found } from '../src/classroom/recogniser-rules';
import { findRecognition, findWay, install, Recogniser } from '../src/room/classroom/recogniser';

class FakeRecognition {
  static made: FakeRecognition[] = [];
  static available = vi.fn(async (_: object): Promise<Answer> => 'available');
  static install = vi.fn(async (_: object) => true);
  lang = '';
  continuous = false;
  interimResults = false;
  onresult: ((event: object) => void) | null = null;
  onerror: ((event: { error: string }) => void) | null = null;
  onend: (() => void) | null = null;
  readonly start = vi.fn();
  readonly abort = vi.fn();
  isLocal = false;

  constructor() {
    FakeRecognition.made.push(this);
  }

  get processLocally(): boolean {
    return this.isLocal;
  }

  set processLocally(isLocal: boolean) {
    this.isLocal = isLocal;
  }

  hear(...results: readonly (readonly [text: string, isFinal: boolean])[]): void {
    this.onresult?.({
      results: results.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal })),
    });
  }
}

const ON_DEVICE: Found = { way: 'device', tag: 'es-ES' };
const TRACK = { kind: 'audio' } as MediaStreamTrack;
let nowMs = 0;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('self', { SpeechRecognition: FakeRecognition });
  vi.stubGlobal('navigator', { languages: ['es-MX'], userAgent: 'Chrome' });
  FakeRecognition.made = [];
  FakeRecognition.available.mockReset().mockResolvedValue('available');
  FakeRecognition.install.mockReset().mockResolvedValue(true);
  nowMs = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function make(found = ON_DEVICE) {
  const ports = {
    track: () => TRACK,
    onInterim: vi.fn(),
    onFinal: vi.fn(),
    onGivenUp: vi.fn(),
    clock: () => nowMs,
  };
  return { recogniser: new Recogniser(found, ports), ports };
}

const last = () => FakeRecognition.made[FakeRecognition.made.length - 1] as FakeRecognition;

test('each tag is asked for on the device', async () => {
  FakeRecognition.available.mockResolvedValueOnce('unavailable');

  expect(await findWay('es')).toEqual(ON_DEVICE);
  expect(FakeRecognition.available.mock.calls).toEqual([
    [{ langs: ['es-MX'], processLocally: true }],
    [{ langs: ['es-ES'], processLocally: true }],
  ]);
});

test('where `processLocally` is a name without a meaning, there is no way on the device', async () => {
  const old = Object.assign(() => undefined, { prototype: {}, available: FakeRecognition.available });
  vi.stubGlobal('self', { webkitSpeechRecognition: old });

  expect(await findWay('es')).toEqual({ way: 'service', tag: 'es-ES' });
  expect(FakeRecognition.available).not.toHaveBeenCalled();
});

test('a Chromium without a recogniser of its own is not asked: it would end the page', async () => {
  const brands = [{ brand: 'Chromium' }, { brand: 'Android WebView' }];
  vi.stubGlobal('navigator', { languages: [], userAgent: 'Chrome', userAgentData: { brands } });

  expect(await findWay('es')).toEqual({ way: 'service', tag: 'es-ES' });
  expect(FakeRecognition.available).not.toHaveBeenCalled();
});

test('a browser that refuses to answer, or never does, has nothing on the device', async () => {
  FakeRecognition.available.mockRejectedValueOnce(new Error('policy'));
  FakeRecognition.available.mockReturnValueOnce(new Promise(() => undefined));
  const found = findWay('es');
  await vi.advanceTimersByTimeAsync(5_000);

  expect(await found).toEqual({ way: 'service', tag: 'es-ES' });
});

test('Firefox has none', async () => {
  vi.stubGlobal('self', {});

  expect(findRecognition()).toBeNull();
  expect(await findWay('es')).toBeNull();
  expect(await install('es-ES')).toBe(false);
});

test('a language that cannot be fetched is not there', async () => {
  FakeRecognition.install.mockRejectedValueOnce(new Error('offline'));

  expect(await install('es-ES')).toBe(false);
  expect(await install('es-ES')).toBe(true);
});

test('it hears the call’s microphone, on the device, and tells what is new', () => {
  const { recogniser, ports } = make();
  recogniser.start();
  recogniser.start();
  last().hear(['ho', false]);
  last().hear(['hola', true], ['qué', false]);

  expect(FakeRecognition.made).toHaveLength(1);
  expect(last().start.mock.calls).toEqual([[TRACK]]);
  expect(last()).toMatchObject({ isLocal: true, lang: 'es-ES', continuous: true, interimResults: true });
  expect(ports.onInterim.mock.calls).toEqual([['ho'], ['qué']]);
  expect(ports.onFinal.mock.calls).toEqual([['hola']]);
});

test('a service is not told to stay on the device', () => {
  const { recogniser } = make({ way: 'service', tag: 'es-ES' });
  recogniser.start();

  expect(last().isLocal).toBe(false);
});

test('on Android each sentence is a run of its own', () => {
  vi.stubGlobal('navigator', { languages: [], userAgent: 'Linux; Android 15' });
  make().recogniser.start();

  expect(last().continuous).toBe(false);
});

test('one that ends by itself begins again, and counts its results anew', async () => {
  const { recogniser, ports } = make();
  recogniser.start();
  last().hear(['uno', true]);
  last().onend?.();
  await vi.advanceTimersByTimeAsync(250);
  last().hear(['dos', true]);

  expect(FakeRecognition.made).toHaveLength(2);
  expect(ports.onFinal.mock.calls).toEqual([['uno'], ['dos']]);
});

test('one that ends at once, again and again, is given up', async () => {
  const { recogniser, ports } = make();
  recogniser.start();
  for (let count = 0; count < 10; count += 1) {
    last().onend?.();
    last().onend = null;
    await vi.advanceTimersByTimeAsync(8_000);
  }

  expect(FakeRecognition.made).toHaveLength(6);
  expect(ports.onGivenUp).toHaveBeenCalledOnce();
});

test('what was forbidden is given up at once', () => {
  const { recogniser, ports } = make();
  recogniser.start();
  last().onerror?.({ error: 'not-allowed' });
  last().onend?.();

  expect(ports.onGivenUp).toHaveBeenCalledOnce();
});

test('a track that it cannot use is left out the next time', async () => {
  const { recogniser } = make();
  recogniser.start();
  last().onerror?.({ error: 'audio-capture' });
  last().onend?.();
  await vi.advanceTimersByTimeAsync(500);

  expect(last().start.mock.calls).toEqual([[]]);
});

test('after a stop nothing is heard, and nothing begins', async () => {
  const { recogniser, ports } = make();
  recogniser.start();
  const running = last();
  recogniser.stop();
  running.hear(['late', true]);
  await vi.advanceTimersByTimeAsync(60_000);

  expect(running.abort).toHaveBeenCalledOnce();
  expect(ports.onFinal).not.toHaveBeenCalled();

  recogniser.start();
  last().onend?.();
  recogniser.stop();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(FakeRecognition.made).toHaveLength(2);
});
