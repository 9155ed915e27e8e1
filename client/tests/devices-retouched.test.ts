// What is sent in the place of the devices' own tracks, whatever happens to the devices.

import { beforeEach, expect, test, vi } from 'vitest';
import type { Retouch } from '../src/call/media/devices';
import { Computer, settle } from './fake-computer';
import { stubStorage, Watched } from './watched-devices';

const made = { enabled: true, label: 'made' } as unknown as MediaStreamTrack;
const remake: Retouch = (own) => own && made;

beforeEach(stubStorage);

async function open() {
  const sent: (string | null)[] = [];
  const watched = new Watched({ onSent: (_kind, track) => sent.push(track?.label ?? null) });
  watched.devices.open();
  await settle();
  return { ...watched, devices: watched.devices, sent };
}

test('without a retouch the own tracks are sent', async () => {
  new Computer('camera one', 'microphone one');
  const { devices, sent } = await open();

  expect(sent).toEqual(['microphone one', 'camera one']);
  expect(devices.sent).toEqual(devices.tracks);
});

test('one that was there before the devices changes them from the first track on', async () => {
  new Computer('camera one', 'microphone one');
  const sent: (string | null)[] = [];
  const { devices } = new Watched({ onSent: (_kind, track) => sent.push(track?.label ?? null) });
  devices.retouch('audio', remake);
  devices.open();
  await settle();

  expect(sent).toEqual(['made', 'camera one']);
});

test('another microphone is sent in the same track, and the connection is told nothing', async () => {
  new Computer('microphone one', 'microphone two');
  const { devices, sent } = await open();
  const change = vi.fn(remake);
  devices.retouch('audio', change);
  await devices.choose('microphone', 'microphone-two');

  expect(sent).toEqual(['microphone one', 'made']);
  expect(change.mock.calls.map(([own]) => own?.label)).toEqual(['microphone one', 'microphone two']);
  expect(devices.tracks.audio?.label).toBe('microphone two');
});

test('muted are both, and what comes while muted is muted', async () => {
  new Computer('camera one', 'microphone one');
  const { devices } = await open();
  devices.switch('audio', false);
  devices.retouch('audio', remake);

  expect([devices.tracks.audio?.enabled, made.enabled]).toEqual([false, false]);

  devices.switch('audio', true);

  expect([devices.tracks.audio?.enabled, made.enabled]).toEqual([true, true]);
});

test('a pulled microphone takes what was made of it along', async () => {
  const computer = new Computer('microphone one');
  const { devices, sent } = await open();
  devices.retouch('audio', remake);
  await computer.pull('microphone one');

  expect(sent).toEqual(['microphone one', 'made', null]);
  expect(devices.sent.audio).toBeNull();
});

test('its end sends the own track again', async () => {
  new Computer('camera one', 'microphone one');
  const { devices, sent } = await open();
  devices.retouch('audio', remake);
  devices.retouch('audio', null);

  expect(sent.slice(-2)).toEqual(['made', 'microphone one']);
});

test('the own picture is the one that is sent', async () => {
  new Computer('camera one', 'microphone one');
  const onStream = vi.fn();
  const { devices } = await open();
  devices.subscribe({ onStream });
  devices.retouch('video', remake);

  expect(devices.stream?.getTracks()).toEqual([made]);
  expect(onStream).toHaveBeenLastCalledWith(devices.stream);

  devices.retouch('video', () => null);

  expect(devices.stream).toBeNull();
});

test('who chose blur is not sent before there is one, and is sent as they are once they take it back', async () => {
  new Computer('camera one', 'microphone one');
  const sent: (string | null)[] = [];
  const { devices } = new Watched({
    onSent: (kind, track) => kind === 'video' && sent.push(track?.label ?? null),
  });
  devices.choices.set({ blursBackground: true });
  devices.open();
  await settle();

  expect([sent, devices.stream]).toEqual([[], null]);
  expect(devices.tracks.video?.label).toBe('camera one');

  devices.retouch('video', remake);
  devices.choices.set({ blursBackground: false });
  devices.retouch('video', null);

  expect(sent).toEqual(['made', 'camera one']);
});
