// All that is said in one sound: each source once, the next one in its place, and nothing after the end.

import { beforeEach, expect, test, vi } from 'vitest';
import { RecordingMix } from '../src/classroom/recording-mix';

const output = { stream: { getAudioTracks: () => ['mixed'] } };
const nodes: { connect: ReturnType<typeof vi.fn>; disconnect: ReturnType<typeof vi.fn> }[] = [];
const context = {
  createMediaStreamDestination: () => output,
  createMediaStreamSource: vi.fn(() => {
    const node = { connect: vi.fn(), disconnect: vi.fn() };
    nodes.push(node);
    return node;
  }),
};
const track = (name: string) => name as unknown as MediaStreamTrack;
let mix: RecordingMix;

beforeEach(() => {
  nodes.length = 0;
  vi.stubGlobal('MediaStream', class {});
  mix = new RecordingMix(context as unknown as AudioContext);
});

test('a voice is mixed in once, however often it is told, and another takes its place', () => {
  mix.hear('own', track('a'));
  mix.hear('own', track('a'));
  mix.hear('remote', track('b'));
  mix.hear('own', track('c'));

  expect(nodes.map(({ connect }) => connect.mock.calls)).toEqual([[[output]], [[output]], [[output]]]);
  expect(nodes.map(({ disconnect }) => disconnect.mock.calls.length)).toEqual([1, 0, 0]);
  expect(mix.track).toBe('mixed');
});

test('what is gone is silent, and at the end all is', () => {
  mix.hear('own', track('a'));
  mix.hear('remote', track('b'));
  mix.hear('own', null);
  mix.close();
  mix.close();

  expect(nodes.map(({ disconnect }) => disconnect.mock.calls.length)).toEqual([1, 1]);
});
