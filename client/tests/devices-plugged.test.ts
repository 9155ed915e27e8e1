import { beforeEach, describe, expect, test } from 'vitest';
import { Computer, settle } from './fake-computer';
import { open, stubStorage, Watched } from './watched-devices';

beforeEach(stubStorage);

describe('plugging in and pulling', () => {
  test('when the microphone is pulled another takes over, muted as it was, and it is told', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();
    watched.devices.switch('audio', false);

    await computer.pull('microphone one');

    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(watched.devices.tracks.audio?.enabled).toBe(false);
    expect(watched.swapped).toEqual([{ device: 'microphone', label: 'microphone two' }]);
    expect(computer.live()).toHaveLength(2);
  });

  test('a microphone that is gone from the list is replaced, though its track did not end', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();

    await computer.pull('microphone one', false);

    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(computer.live()).toHaveLength(2);
  });

  test('when the only camera is pulled it is missing, and used again once it is back', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const watched = await open();

    await computer.pull('camera one');

    expect(watched.status).toMatchObject({ missing: { video: true }, problem: 'gone' });
    expect(watched.devices.stream).toBeNull();

    await computer.plugIn('camera one');

    expect(watched.used).toEqual(['microphone one', 'camera one']);
    expect(watched.status).toMatchObject({ missing: { video: false }, problem: null });
  });

  test('a camera that was taken back is not asked for again, and the problem has a name', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const watched = await open();

    watched.devices.tracks.video?.stop();
    computer.opened[1]?.onended?.();
    await settle();

    expect(watched.status).toMatchObject({ missing: { video: true }, problem: 'stopped' });
    expect(computer.opened).toHaveLength(2);
  });

  test('a chosen device is used again once it is back', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();
    await watched.devices.choose('microphone', 'microphone-two');
    await computer.pull('microphone two');

    await computer.plugIn('microphone two');

    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(watched.swapped.map(({ label }) => label)).toEqual(['microphone one', 'microphone two']);
  });

  test('the system’s own microphone is followed', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    await computer.setDefaultMicrophone('microphone one');
    const watched = await open();

    await computer.setDefaultMicrophone('microphone two');

    expect(watched.used).toEqual(['Default - microphone two', 'camera one']);
    expect(computer.live()).toHaveLength(2);
  });

  test('one that is plugged in beside the one in use changes nothing but the list', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const watched = await open();
    const before = [...watched.tracks];

    await computer.plugIn('microphone two');

    expect(watched.tracks).toEqual(before);
    expect(watched.lists).toBe(1);
  });

  test('after the end nothing is opened any more', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices } = await open();
    devices.stop();

    await computer.plugIn('microphone two');
    devices.retry({ audio: true, video: true });
    await settle();

    expect(computer.live()).toEqual([]);
  });
});

test('the list has each device once, and none without a name to choose it by', async () => {
  const computer = new Computer('camera one', 'microphone one', 'speaker one');
  await computer.setDefaultMicrophone('microphone one');
  const { devices } = new Watched();

  expect(await devices.list()).toEqual({
    camera: [{ id: 'camera-one', label: 'camera one' }],
    microphone: [{ id: 'microphone-one', label: 'microphone one' }],
    speaker: [{ id: 'speaker-one', label: 'speaker one' }],
  });
});
