// Who plays a sound hears of its end, whatever ends it.

import { expect, test, vi } from 'vitest';
import { SoundPlayer } from '../src/room/classroom/sound-player';

const SAMPLES = new Float32Array(80);

class FakeSource {
  buffer: unknown = null;
  loop = false;
  onended: (() => void) | null = null;
  readonly connect = vi.fn();
  readonly disconnect = vi.fn();
  readonly start = vi.fn();
  readonly stop = vi.fn();
}

function make() {
  const sources: FakeSource[] = [];
  const sound = Object.assign(new EventTarget(), {
    state: 'running',
    currentTime: 10,
    createBuffer: () => ({ copyToChannel: vi.fn() }),
    createBufferSource: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
  });
  const close = vi.fn();
  const openOutput = vi.fn(async () => [{} as AudioNode, close] as const);
  return {
    player: new SoundPlayer(sound as unknown as AudioContext, openOutput),
    sound,
    sources,
    openOutput,
    close,
    onEnd: vi.fn(),
  };
}

test('at its end the speaker is closed and the caller told, once', async () => {
  const { player, sound, sources, close, onEnd } = make();
  await player.play(SAMPLES, 8_000, false, onEnd);
  sound.currentTime = 12;

  expect(player.playedSeconds).toBe(2);

  sources[0]?.onended?.();
  sound.state = 'interrupted';
  sound.dispatchEvent(new Event('statechange'));

  expect(onEnd).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledOnce();
  expect(player.playedSeconds).toBe(0);
});

test('a telephone call that takes the sound away is an end', async () => {
  const { player, sound, close, onEnd } = make();
  await player.play(SAMPLES, 8_000, true, onEnd);
  sound.state = 'interrupted';
  sound.dispatchEvent(new Event('statechange'));

  expect(onEnd).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledOnce();
});

test('who stops it is not told, and what repeats ends by itself after five minutes', async () => {
  const { player, sources, close, onEnd } = make();
  await player.play(SAMPLES, 8_000, true, onEnd);

  expect(sources[0]).toMatchObject({ loop: true });
  expect(sources[0]?.stop.mock.calls).toEqual([[310]]);

  player.stop();

  expect(sources[0]?.stop).toHaveBeenCalledTimes(2);
  expect(close).toHaveBeenCalledOnce();
  expect(onEnd).not.toHaveBeenCalled();
});

test('a speaker that opens after something else was begun plays nothing', async () => {
  const { player, sources, close, onEnd } = make();
  const first = player.play(SAMPLES, 8_000, false, onEnd);
  const second = player.play(SAMPLES, 8_000, false, onEnd);
  await first;
  await second;

  expect(sources).toHaveLength(1);
  expect(close).toHaveBeenCalledOnce();
});

test('where no speaker can be opened the caller hears of it', async () => {
  const { player, openOutput, onEnd } = make();
  openOutput.mockRejectedValue(new Error('gone'));

  await expect(player.play(SAMPLES, 8_000, false, onEnd)).rejects.toThrow('gone');
});
