import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DeviceChoices } from '../src/call/media/device-choices';
import { type DeviceStatus, Devices } from '../src/call/media/devices';
import { Computer, type FakeTrack, settle } from './fake-computer';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function open(audio = true): Promise<{ devices: Devices; statuses: DeviceStatus[] }> {
  const devices = new Devices(new DeviceChoices(), () => undefined);
  const statuses: DeviceStatus[] = [];
  devices.subscribe({ onStatus: (status) => statuses.push(status) });
  devices.open({ audio, video: true });
  await settle();
  statuses.length = 0;
  return { devices, statuses };
}

describe('a device that the system takes for a while', () => {
  test('is told as stopped, and as back when it is given back, opened anew', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices, statuses } = await open();
    const before = { ...devices.tracks };

    computer.take(true);
    await vi.advanceTimersByTimeAsync(2_000);
    const taken = statuses[statuses.length - 1];
    computer.take(false);
    await settle();

    expect(taken).toMatchObject({ missing: { audio: true, video: true }, problem: 'stopped' });
    expect(statuses[statuses.length - 1]).toMatchObject({
      missing: { audio: false, video: false },
      problem: null,
    });
    expect(devices.tracks.audio).not.toBe(before.audio);
    expect(devices.tracks.video).not.toBe(before.video);
    expect(computer.live()).toHaveLength(2);
  });

  test('is nobody’s business while it is a hiccup', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { statuses } = await open();

    computer.take(true);
    await vi.advanceTimersByTimeAsync(1_900);
    computer.take(false);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(statuses).toEqual([]);
    expect(computer.opened).toHaveLength(2);
  });

  test('is opened anew when the person is back, though nobody said that it was given back', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices, statuses } = await open();
    computer.take(true);
    await vi.advanceTimersByTimeAsync(2_000);

    devices.wake();
    await settle();

    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { audio: false, video: false } });
    expect(computer.live().map(({ muted }) => muted)).toEqual([false, false]);
  });

  test.each([
    ['wake', (devices: Devices) => devices.wake()],
    ['retry', (devices: Devices) => devices.retry({ audio: true, video: true })],
    ['switch', (devices: Devices) => (['audio', 'video'] as const).map((kind) => devices.switch(kind, true))],
  ])('is kept while it cannot be had, and is back once it is given back: %s', async (_, ask) => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices, statuses } = await open();
    const before = { ...devices.tracks };
    computer.take(true);
    await vi.advanceTimersByTimeAsync(2_000);
    computer.busy.add('camera-one').add('microphone-one');

    ask(devices);
    await settle();
    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { audio: true, video: true } });
    expect(devices.tracks).toEqual(before);
    expect(computer.live()).toHaveLength(2);
    computer.busy.clear();
    computer.take(false);
    await settle();

    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { audio: false, video: false } });
  });

  test('that is back says what is still in the way of the other', async () => {
    const computer = new Computer('microphone one');
    const { devices, statuses } = await open();

    computer.take(true);
    await vi.advanceTimersByTimeAsync(2_000);
    computer.take(false);
    await settle();

    expect(statuses).toContainEqual({
      on: devices.on,
      missing: { audio: false, video: true },
      problem: 'not-found',
    });
  });

  test('says nothing of a microphone that is muted; switched on, it is opened anew', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices, statuses } = await open();
    devices.switch('video', false);
    devices.switch('audio', false);

    computer.take(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(statuses).toEqual([]);
    devices.switch('audio', true);
    await settle();

    expect(computer.live()).toMatchObject([{ kind: 'audio', muted: false, enabled: true }]);
  });
});

describe('the microphone of a person who came muted', () => {
  test.each(['prompt', 'granted'] as const)('with the permission %s', async (answer) => {
    const computer = new Computer('camera one', 'microphone one');
    const query = async () => ({ state: answer });
    vi.stubGlobal('navigator', { ...navigator, permissions: { query } });
    const { devices, statuses } = await open(false);

    await devices.openMuted();

    const listened = computer.live().filter(({ kind }) => kind === 'audio');
    expect(listened).toMatchObject(answer === 'granted' ? [{ enabled: false }] : []);
    expect(statuses).toEqual([]);
  });

  test('is no problem of theirs when it cannot be had', async () => {
    const computer = new Computer('camera one', 'microphone one');
    computer.busy.add('microphone-one');
    vi.stubGlobal('navigator', { ...navigator, permissions: { query: async () => ({ state: 'granted' }) } });
    const { devices, statuses } = await open(false);

    await devices.openMuted();

    expect(devices.tracks.audio).toBeNull();
    expect(statuses).toEqual([]);
  });

  test('is left to the attempt that replaces a pulled one', async () => {
    const computer = new Computer('microphone one', 'microphone two');
    vi.stubGlobal('navigator', { ...navigator, permissions: { query: async () => ({ state: 'granted' }) } });
    const { devices, statuses } = await open();
    devices.switch('audio', false);
    devices.subscribe({ onTrack: (_kind, track) => void (track === null && devices.openMuted()) });

    await computer.pull('microphone one');
    await settle();

    expect(computer.live()).toMatchObject([{ label: 'microphone two', enabled: false }]);
    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { audio: false } });
  });

  test('is the one that was switched on meanwhile', async () => {
    const computer = new Computer('camera one', 'microphone one');
    vi.stubGlobal('navigator', { ...navigator, permissions: { query: async () => ({ state: 'granted' }) } });
    const { devices } = await open(false);
    const release = computer.hold();

    void devices.openMuted();
    await settle();
    devices.switch('audio', true);
    await release();

    expect(computer.live().filter(({ kind }) => kind === 'audio')).toMatchObject([{ enabled: true }]);
  });
});

describe('a phone that ends the open camera when it opens another', () => {
  /** Ask for the other camera; the first one ends before the answer is there, and is still in the list. */
  async function choose() {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    const computer = new Computer('camera one', 'camera two', 'microphone one');
    const { devices, statuses } = await open();
    const first = devices.tracks.video as unknown as FakeTrack;
    const answer = computer.hold();
    const chosen = devices.choose('camera', 'camera-two');
    await settle();
    first.stop();
    first.onended?.();
    return { computer, devices, statuses, answer, chosen };
  }

  test('has the chosen one, and nothing is missing', async () => {
    const { computer, devices, statuses, answer, chosen } = await choose();

    await answer();
    await chosen;

    expect(devices.tracks.video?.label).toBe('camera two');
    expect(computer.live().map(({ label }) => label)).toEqual(['microphone one', 'camera two']);
    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { video: false }, problem: null });
  });

  test('has none when the chosen one cannot be had, and says so', async () => {
    const { computer, devices, statuses, answer, chosen } = await choose();
    for (const id of ['camera-one', 'camera-two']) computer.busy.add(id);

    await answer();
    await chosen;

    expect(devices.tracks.video).toBeNull();
    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { video: true }, problem: 'in-use' });
  });

  test('keeps an open one that did not end, and still notices when it does', async () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    const computer = new Computer('camera one', 'microphone one');
    const { devices, statuses } = await open();
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue({ name: 'NotAllowedError' });
    await devices.choose('camera', 'camera-two');
    const kept = devices.tracks.video as unknown as FakeTrack;

    kept.stop();
    kept.onended?.();
    await settle();

    expect(kept.label).toBe('camera one');
    expect(computer.live()).toHaveLength(1);
    expect(statuses[statuses.length - 1]).toMatchObject({ missing: { video: true }, problem: 'stopped' });
  });

  test('opens none for a person who has switched the camera off meanwhile', async () => {
    const { computer, devices, answer } = await choose();
    devices.switch('video', false);

    await answer();

    expect(computer.live().map(({ label }) => label)).toEqual(['microphone one']);
  });
});
