// The tap beside the sound that is heard: which track it listens to, and what it answers.

import { expect, test, vi } from 'vitest';
import { VoiceTap } from '../src/classroom/voice-tap';
import { fakeSound, makeNode } from './fake-sound';

const port = { onmessage: null as ((event: { data: unknown }) => void) | null, postMessage: vi.fn() };
const keeper = { port, ...makeNode() };
const source = makeNode();
const context = {
  audioWorklet: { addModule: vi.fn(async () => undefined) },
  destination: 'speaker',
  createMediaStreamSource: vi.fn((_stream: unknown) => source),
};

const streamOf = (...tracks: string[]) => ({ getAudioTracks: () => tracks }) as unknown as MediaStream;
const open = () => VoiceTap.open(context as unknown as AudioContext);

fakeSound(keeper);

test('a track is listened to once, however often its stream is told, and the next one in its place', async () => {
  const tap = await open();
  tap.listen(streamOf('voice'));
  tap.listen(streamOf('voice'));
  tap.listen(streamOf('next voice'));

  expect(context.createMediaStreamSource.mock.calls).toEqual([
    [{ tracks: ['voice'] }],
    [{ tracks: ['next voice'] }],
  ]);
  expect(source.connect.mock.calls).toEqual([[keeper], [keeper]]);
  expect(source.disconnect).toHaveBeenCalledOnce();
});

test('without a stream, or without sound in it, nothing is listened to', async () => {
  const tap = await open();
  tap.listen(null);
  tap.listen(streamOf());

  expect(context.createMediaStreamSource).not.toHaveBeenCalled();
});

test('a copy is asked for and comes', async () => {
  const tap = await open();
  const recording = { samples: Int16Array.of(1), rateHz: 48_000 };
  const read = tap.read();
  port.onmessage?.({ data: recording });

  expect(port.postMessage).toHaveBeenLastCalledWith('read');
  expect(await read).toBe(recording);
});

test('a worklet that does not answer has nothing', async () => {
  const tap = await open();
  const read = tap.read();
  vi.advanceTimersByTime(2_000);

  expect(await read).toBeNull();
});

test('closed, it listens to nothing and has told the worklet', async () => {
  const tap = await open();
  tap.listen(streamOf('voice'));
  tap.forget();
  tap.close();

  expect(port.postMessage.mock.calls).toEqual([['forget'], ['close']]);
  expect(source.disconnect).toHaveBeenCalledOnce();
  expect(keeper.disconnect).toHaveBeenCalledOnce();
});

test('where the worklet is not loaded there is no tap', async () => {
  context.audioWorklet.addModule.mockRejectedValueOnce(new Error('blocked'));

  await expect(open()).rejects.toThrow('blocked');
});
