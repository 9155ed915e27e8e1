import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Computer, settle } from './fake-computer';
import { open, stubStorage, Watched } from './watched-devices';

beforeEach(stubStorage);

describe('opening', () => {
  test('both are there with one question', async () => {
    const computer = new Computer('camera one', 'microphone one');

    const { devices, statuses, used } = await open();

    expect(used).toEqual(['microphone one', 'camera one']);
    expect(statuses).toEqual([
      { on: { audio: true, video: true }, missing: { audio: false, video: false }, problem: null },
    ]);
    expect(devices.stream?.getVideoTracks()).toEqual([devices.tracks.video]);
    expect(computer.opened).toHaveLength(2);
  });

  test('without a camera there is the microphone, and the problem has a name', async () => {
    new Computer('microphone one');

    const { statuses, used } = await open();

    expect(used).toEqual(['microphone one', undefined]);
    expect(statuses).toMatchObject([{ missing: { audio: false, video: true }, problem: 'not-found' }]);
  });

  test('what is switched before that asks the browser for nothing, and is as switched then', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices } = new Watched();

    devices.switch('audio', false);
    devices.switch('audio', true);
    devices.switch('video', false);
    await settle();
    expect(computer.opened).toEqual([]);
    devices.open();
    await settle();

    expect(computer.live().map(({ label }) => label)).toEqual(['microphone one']);
  });

  test('what is not wanted on any more is let go, or silent', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices } = await open();

    devices.open({ audio: false, video: false });
    await settle();

    expect(computer.live().map(({ label, enabled }) => [label, enabled])).toEqual([
      ['microphone one', false],
    ]);
  });

  test('another try opens what was missing, and unmutes nobody', async () => {
    const computer = new Computer('camera one', 'microphone one');
    computer.busy.add('microphone-one');
    const { devices, statuses } = await open();
    devices.switch('audio', false);
    computer.busy.clear();

    devices.retry({ audio: true, video: false });
    await settle();

    expect(devices.tracks.audio?.enabled).toBe(false);
    expect(statuses.slice(-1)).toMatchObject([{ on: { audio: false, video: true }, problem: null }]);
  });

  test('a late listener is told the status', async () => {
    new Computer('camera one', 'microphone one');
    const { devices } = await open();
    const [onStream, onStatus] = [vi.fn(), vi.fn()];

    devices.subscribe({ onStream, onStatus });

    expect(onStream).toHaveBeenCalledWith(devices.stream);
    expect(onStatus).toHaveBeenCalledWith(expect.objectContaining({ problem: null }));
  });

  test('a camera switched off while the browser still asks does not stay open', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const answer = computer.hold();
    const { devices } = await open();

    devices.switch('video', false);
    await answer();

    expect(computer.live().map(({ kind }) => kind)).toEqual(['audio']);
    expect(devices.stream).toBeNull();
  });

  test('what was given up while the browser still asks does not stay open', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const answer = computer.hold();
    const { devices, statuses } = await open();

    devices.stop();
    await answer();

    expect(computer.opened).toHaveLength(2);
    expect(computer.live()).toEqual([]);
    expect(statuses).toEqual([]);
  });

  test('a camera switched off and on again while the browser asks is open once', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const answer = computer.hold();
    const { devices } = await open();

    devices.switch('video', false);
    devices.switch('video', true);
    await answer();

    expect(computer.live().filter(({ kind }) => kind === 'video')).toEqual([devices.tracks.video]);
  });
});

describe('switching', () => {
  test('a muted microphone stays open, a camera that is off is let go', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices } = await open();

    devices.switch('audio', false);
    devices.switch('video', false);

    expect(computer.live()).toEqual([devices.tracks.audio]);
    expect(devices.tracks.audio?.enabled).toBe(false);
    expect(devices.tracks.video).toBeNull();
  });

  test('what was switched off is off in the next session, too', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const { devices } = await open();
    devices.switch('video', false);
    devices.stop();

    const next = await open();

    expect(next.used).toEqual(['microphone one', undefined]);
    expect(computer.live()).toHaveLength(1);
  });
});

describe('choosing', () => {
  test('another microphone takes the place of the open one and is muted as that was', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();
    watched.devices.switch('audio', false);

    await watched.devices.choose('microphone', 'microphone-two');

    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(watched.devices.tracks.audio?.enabled).toBe(false);
    expect(computer.live().map(({ label }) => label)).toEqual(['camera one', 'microphone two']);
  });

  test('a chosen device is used in the next session, and the first there is when it is gone', async () => {
    const computer = new Computer('camera one', 'microphone one', 'camera two', 'microphone two');
    const { devices } = await open();
    await devices.choose('camera', 'camera-two');
    await devices.choose('microphone', 'microphone-two');
    devices.stop();
    await computer.pull('camera two');

    const next = await open();

    expect(next.used).toEqual(['microphone two', 'camera one']);
  });

  test('a camera that is off stays off when another is chosen', async () => {
    const computer = new Computer('camera one', 'microphone one', 'camera two');
    const { devices } = await open();
    devices.switch('video', false);

    await devices.choose('camera', 'camera-two');

    expect(computer.live().map(({ kind }) => kind)).toEqual(['audio']);
    devices.switch('video', true);
    await settle();
    expect(devices.tracks.video?.label).toBe('camera two');
  });

  test('a busy camera is not had, and the one before is there again', async () => {
    const computer = new Computer('camera one', 'microphone one', 'camera two');
    const watched = await open();
    computer.busy.add('camera-two');

    await watched.devices.choose('camera', 'camera-two');

    expect(watched.used).toEqual(['microphone one', 'camera one']);
    expect(watched.devices.tracks.video?.readyState).toBe('live');
    expect(watched.status).toMatchObject({ missing: { video: false }, problem: 'in-use' });
  });

  test('where only one camera can be open the one in use is let go first', async () => {
    const computer = new Computer('camera one', 'microphone one', 'camera two');
    computer.isOneAtATime = true;
    const watched = await open();

    await watched.devices.choose('camera', 'camera-two');

    expect(watched.used).toEqual(['microphone one', 'camera two']);
    expect(watched.status).toMatchObject({ missing: { video: false }, problem: null });
  });

  test('a speaker is remembered, and whoever plays is told', async () => {
    new Computer('camera one', 'microphone one', 'speaker one');
    const { devices } = new Watched();
    const onChosen = vi.fn();
    devices.choices.subscribe(onChosen);

    await devices.choose('speaker', 'speaker-one');

    expect(onChosen).toHaveBeenCalledWith(expect.objectContaining({ speaker: 'speaker-one' }));
    expect(devices.current('speaker')).toBe('speaker-one');
  });

  test.each([
    ['changes the open microphone', true],
    ['opens it anew where a browser cannot change it', false],
  ])('music mode %s', async (_how, canApply) => {
    const computer = new Computer('camera one', 'microphone one');
    computer.canApply = canApply;
    const { devices, tracks } = await open();
    const before = tracks.length;

    await devices.setMusic(true);

    expect(devices.tracks.audio?.getSettings().echoCancellation).toBe(false);
    expect(tracks.length - before).toBe(canApply ? 0 : 1);
    expect(computer.live()).toHaveLength(2);
  });
});

test('a camera is asked for more pixels once, and who listens hears when it has answered; not if it is off by then', async () => {
  const computer = new Computer('camera one', 'microphone one');
  const { devices } = await open();
  const sharpened: unknown[] = [];
  devices.subscribe({ onSharpened: (track) => sharpened.push(track) });

  devices.sharpen();
  devices.sharpen();
  await settle();
  const [first] = computer.live().filter(({ kind }) => kind === 'video');
  devices.switch('video', false);
  devices.switch('video', true);
  await settle();
  devices.sharpen();
  devices.switch('video', false);
  await settle();

  expect(sharpened).toEqual([first]);
});
