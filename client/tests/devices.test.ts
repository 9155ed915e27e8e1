import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Choices } from '../src/call/choices';
import { Devices, type DevicesWatcher, type Standing, type Swapped } from '../src/call/devices';
import { Computer, settle } from './computer';

/** What a person's devices told, and how they stand. */
class Watched {
  readonly devices = new Devices(new Choices(), () => undefined);
  readonly standings: Standing[] = [];
  readonly swapped: Swapped[] = [];
  readonly tracks: (string | null)[] = [];
  lists = 0;

  constructor(more: Partial<DevicesWatcher> = {}) {
    this.devices.watch({
      onStanding: (standing) => this.standings.push(standing),
      onSwapped: (swapped) => this.swapped.push(swapped),
      onTrack: (_kind, track) => this.tracks.push(track?.label ?? null),
      onList: () => {
        this.lists += 1;
      },
      ...more,
    });
  }

  get standing(): Standing | undefined {
    return this.standings[this.standings.length - 1];
  }

  get used(): (string | undefined)[] {
    return [this.devices.tracks.audio?.label, this.devices.tracks.video?.label];
  }
}

async function open(): Promise<Watched> {
  const watched = new Watched();
  watched.devices.open();
  await settle();
  return watched;
}

let storage: Map<string, string>;

beforeEach(() => {
  storage = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
  });
});

describe('opening', () => {
  test('both are there with one question', async () => {
    const computer = new Computer('camera one', 'microphone one');

    const { devices, standings, used } = await open();

    expect(used).toEqual(['microphone one', 'camera one']);
    expect(standings).toEqual([
      { on: { audio: true, video: true }, missing: { audio: false, video: false }, problem: null },
    ]);
    expect(devices.stream?.getVideoTracks()).toEqual([devices.tracks.video]);
    expect(computer.opened).toHaveLength(2);
  });

  test('without a camera there is the microphone, and the problem has a name', async () => {
    new Computer('microphone one');

    const { standings, used } = await open();

    expect(used).toEqual(['microphone one', undefined]);
    expect(standings).toMatchObject([{ missing: { audio: false, video: true }, problem: 'not-found' }]);
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
    const { devices, standings } = await open();
    devices.switch('audio', false);
    computer.busy.clear();

    devices.retry({ audio: true, video: false });
    await settle();

    expect(devices.tracks.audio?.enabled).toBe(false);
    expect(standings.slice(-1)).toMatchObject([{ on: { audio: false, video: true }, problem: null }]);
  });

  test('who comes late is told how things stand', async () => {
    new Computer('camera one', 'microphone one');
    const { devices } = await open();
    const [onStream, onStanding] = [vi.fn(), vi.fn()];

    devices.watch({ onStream, onStanding });

    expect(onStream).toHaveBeenCalledWith(devices.stream);
    expect(onStanding).toHaveBeenCalledWith(expect.objectContaining({ problem: null }));
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
    const { devices, standings } = await open();

    devices.stop();
    await answer();

    expect(computer.opened).toHaveLength(2);
    expect(computer.live()).toEqual([]);
    expect(standings).toEqual([]);
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

describe('a question without an answer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is named after 8 s, and the devices are used when the answer comes after all', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const answer = computer.hold();
    const watched = await open();

    vi.advanceTimersByTime(7_999);
    expect(watched.standings).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(watched.standings).toEqual([
      { on: { audio: true, video: true }, missing: { audio: true, video: true }, problem: 'unanswered' },
    ]);
    await answer();

    expect(watched.used).toEqual(['microphone one', 'camera one']);
    expect(watched.standing).toMatchObject({ missing: { audio: false, video: false }, problem: null });
  });

  test('says nothing of a camera that was switched off meanwhile', async () => {
    const computer = new Computer('camera one', 'microphone one');
    computer.hold();
    const watched = await open();

    watched.devices.switch('video', false);
    vi.advanceTimersByTime(8_000);

    expect(watched.standing).toMatchObject({ missing: { audio: true, video: false } });
  });

  test('is nobody’s business when the call is over', async () => {
    new Computer('camera one', 'microphone one').hold();
    const watched = await open();

    watched.devices.stop();
    vi.advanceTimersByTime(8_000);

    expect(watched.standings).toEqual([]);
  });

  test('leaves the microphone that is used when another was chosen', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();
    const answer = computer.hold();

    void watched.devices.choose('microphone', 'microphone-two');
    await settle();
    vi.advanceTimersByTime(8_000);

    expect(watched.standing).toMatchObject({ missing: { audio: false }, problem: 'unanswered' });
    expect(watched.used).toEqual(['microphone one', 'camera one']);
    await answer();
    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(watched.standing).toMatchObject({ problem: null });
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

  test('what was switched off is off in the next lesson, too', async () => {
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

  test('a chosen device is used in the next lesson, and the first there is when it is gone', async () => {
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
    expect(watched.standing).toMatchObject({ missing: { video: false }, problem: 'in-use' });
  });

  test('where only one camera can be open the one in use is let go first', async () => {
    const computer = new Computer('camera one', 'microphone one', 'camera two');
    computer.isOneAtATime = true;
    const watched = await open();

    await watched.devices.choose('camera', 'camera-two');

    expect(watched.used).toEqual(['microphone one', 'camera two']);
    expect(watched.standing).toMatchObject({ missing: { video: false }, problem: null });
  });

  test('a speaker is remembered, and whoever plays is told', async () => {
    new Computer('camera one', 'microphone one', 'speaker one');
    const { devices } = new Watched();
    const onChosen = vi.fn();
    devices.choices.watch(onChosen);

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

    expect(watched.standing).toMatchObject({ missing: { video: true }, problem: 'gone' });
    expect(watched.devices.stream).toBeNull();

    await computer.plugIn('camera one');

    expect(watched.used).toEqual(['microphone one', 'camera one']);
    expect(watched.standing).toMatchObject({ missing: { video: false }, problem: null });
  });

  test('a camera that was taken back is not asked for again, and the problem has a name', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const watched = await open();

    watched.devices.tracks.video?.stop();
    computer.opened[1]?.onended?.();
    await settle();

    expect(watched.standing).toMatchObject({ missing: { video: true }, problem: 'stopped' });
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
