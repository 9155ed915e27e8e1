// What is sent at each moment: the cleaned track while there is one, else the microphone's own.

import { beforeEach, expect, test, vi } from 'vitest';
import { VoiceCleaner } from '../src/retouch/voice-cleaner';
import { fakeSound, makeNode } from './fake-sound';

const track = (name: string) => name as unknown as MediaStreamTrack;
const source = makeNode();
const remover = {
  port: { onmessage: null as (() => void) | null, postMessage: vi.fn() },
  onprocessorerror: null as (() => void) | null,
  ...makeNode(),
};
const context = {
  state: 'running',
  currentTime: 0,
  onstatechange: null as (() => void) | null,
  audioWorklet: { addModule: vi.fn(async () => undefined) },
  createMediaStreamSource: vi.fn((_stream: unknown) => source),
  close: vi.fn(async () => undefined),
};
const rest = vi.fn();
const port = { keepRunning: vi.fn(() => rest), onChange: vi.fn(), onTrouble: vi.fn() };

const open = () => VoiceCleaner.open(context as unknown as AudioContext, port);
const setState = (state: string) => {
  context.state = state;
  context.onstatechange?.();
};
/** Let half a second go by, in which the context's clock goes on or stands. */
const look = (times: number, goesOn = true) => {
  for (let time = 0; time < times; time += 1) {
    if (goesOn) context.currentTime += 0.5;
    vi.advanceTimersByTime(500);
  }
};

fakeSound(remover);
beforeEach(() => {
  context.state = 'running';
  context.currentTime = 1;
  context.createMediaStreamSource.mockReturnValue(source);
  vi.stubGlobal('MediaStreamAudioDestinationNode', function make() {
    return { stream: { getAudioTracks: () => ['cleaned'] } };
  });
});

test('the own track is sent until the worklet is ready, and the cleaned one from then on', async () => {
  const cleaner = await open();

  expect(cleaner.take(track('one'))).toBe('one');

  remover.port.onmessage?.();

  expect(port.onChange.mock.calls).toEqual([[true]]);
  expect(cleaner.take(track('one'))).toBe('cleaned');
});

test('another microphone is cleaned in the same track: nothing is sent anew', async () => {
  const cleaner = await open();
  remover.port.onmessage?.();

  expect(cleaner.take(track('one'))).toBe('cleaned');
  expect(cleaner.take(track('two'))).toBe('cleaned');
  expect(cleaner.take(track('two'))).toBe('cleaned');
  expect(context.createMediaStreamSource.mock.calls).toEqual([[{ tracks: ['one'] }], [{ tracks: ['two'] }]]);
  expect(source.disconnect).toHaveBeenCalledOnce();
  expect(port.keepRunning).toHaveBeenCalledOnce();
});

test('without a microphone there is nothing to send, and the context rests', async () => {
  const cleaner = await open();
  remover.port.onmessage?.();
  cleaner.take(track('one'));

  expect(cleaner.take(null)).toBeNull();
  expect(rest).toHaveBeenCalledOnce();

  setState('suspended');

  expect(port.onChange).not.toHaveBeenCalled();
});

test('the moment the context stops the own track is sent, and the cleaned one when it goes on', async () => {
  const cleaner = await open();
  remover.port.onmessage?.();
  cleaner.take(track('one'));
  setState('interrupted');

  expect(port.onChange.mock.calls).toEqual([[false]]);
  expect(cleaner.take(track('one'))).toBe('one');

  setState('running');

  expect(port.onChange.mock.calls).toEqual([[false], [true]]);
  expect(cleaner.take(track('one'))).toBe('cleaned');
});

test('a clock that stands is trouble within a second', async () => {
  const cleaner = await open();
  remover.port.onmessage?.();
  cleaner.take(track('one'));
  look(20);

  expect(port.onTrouble).not.toHaveBeenCalled();

  look(2, false);

  expect(port.onTrouble.mock.calls).toEqual([['failed']]);
});

test('a context that waits for a gesture is no trouble; a worklet that never begins is', async () => {
  context.state = 'suspended';
  const cleaner = await open();

  expect(cleaner.take(track('one'))).toBe('one');

  look(50, false);

  expect(port.onTrouble).not.toHaveBeenCalled();

  setState('running');
  look(10);

  expect(port.onTrouble).toHaveBeenCalledWith('failed');
});

test('a model that fails is trouble', async () => {
  await open();
  remover.onprocessorerror?.();

  expect(port.onTrouble.mock.calls).toEqual([['failed']]);
});

test('a microphone of a rate that the browser cannot join is sent as it is, and it is said why', async () => {
  context.createMediaStreamSource.mockImplementation(() => {
    throw new DOMException('different sample-rate', 'NotSupportedError');
  });
  const cleaner = await open();
  remover.port.onmessage?.();

  expect(cleaner.take(track('one'))).toBe('one');

  await Promise.resolve();

  expect(port.onTrouble.mock.calls).toEqual([['rate']]);
});

test('closed, it has let go of the microphone, and reports nothing', async () => {
  const cleaner = await open();
  remover.port.onmessage?.();
  cleaner.take(track('one'));
  cleaner.close();
  look(20, false);

  expect(source.disconnect).toHaveBeenCalledOnce();
  expect(rest).toHaveBeenCalledOnce();
  expect(remover.port.postMessage).toHaveBeenCalledWith('close');
  expect(context.close).toHaveBeenCalledOnce();
  expect([context.onstatechange, remover.onprocessorerror]).toEqual([null, null]);
  expect(port.onTrouble).not.toHaveBeenCalled();
});
