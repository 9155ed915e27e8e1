// The ladder, rung by rung.

import { describe, expect, test } from 'vitest';
import {
  ALONE,
  type Cause,
  INTERRUPTED_MS_MAX,
  RESTART_MS_MAX,
  type Recovery,
  recover,
  type Seen,
  type Step,
  shownLink,
  WORDS_MS,
} from '../src/call/transport/recovery';

const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 250;

const WHOLE: Seen = {
  link: 'connected',
  hasSocket: true,
  awaitsMedia: true,
  heardMs: null,
  silentSinceMs: null,
  hasNewAddress: false,
};

/** Tells a story in looks: keeps where the ladder stands, and the steps that were taken with their times. */
class Ladder {
  recovery: Recovery = ALONE;
  nowMs = 0;
  seen: Seen = { ...WHOLE, link: 'connecting' };
  steps: (readonly [Step, number])[] = [];

  note(cause: Cause, seen: Partial<Seen> = {}): this {
    this.seen = { ...this.seen, ...seen };
    const { nowMs } = this;
    const [next, step] = recover(this.recovery, { cause, seen: this.seen, patienceMs: PATIENCE_MS, nowMs });
    this.recovery = next;
    if (step) this.steps.push([step, nowMs]);
    return this;
  }

  /** Let *ms* pass with a look every now and then, and media as long as there is a path and no silence. */
  pass(ms: number, seen: Partial<Seen> = {}): this {
    this.seen = { ...this.seen, ...seen };
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += LOOK_EVERY_MS;
      const isHeard = this.seen.link === 'connected' && this.seen.silentSinceMs === null;
      this.note('look', isHeard ? { heardMs: this.nowMs } : {});
    }
    return this;
  }

  sleep(ms: number): this {
    this.nowMs += ms;
    return this.note('look');
  }

  get shown(): string {
    return shownLink(this.recovery, this.nowMs);
  }
}

const meeting = () => new Ladder().note('met');
const connected = () => meeting().pass(1_000, { link: 'connected' });

describe('a first connection', () => {
  test('that is not there in time is begun over, and each waits twice as long as the one before, up to four times', () => {
    const ladder = meeting().pass(300_000);

    const times = ladder.steps.map(([, ms]) => ms);
    const waits = times.map((ms, place) => ms - (times[place - 1] ?? 0));
    expect(ladder.steps.every(([step]) => step === 'begin-over')).toBe(true);
    expect(waits.slice(0, 4)).toEqual([15_000, 30_000, 60_000, 60_000]);
    expect(ladder.shown).toBe('connecting');
  });

  test('that was lost before the ladder was loaded is a path that was there', () => {
    const ladder = new Ladder().note('met', { link: 'disconnected' });
    expect(ladder.recovery.phase).toBe('interrupted');

    ladder.pass(INTERRUPTED_MS_MAX + LOOK_EVERY_MS);
    expect(ladder.steps).toEqual([['restart', INTERRUPTED_MS_MAX]]);
    ladder.pass(1_000);
    expect(ladder.shown).toBe('reconnecting');

    expect(
      new Ladder().note('met', { link: 'disconnected' }).pass(500).pass(250, { link: 'connected' }).recovery,
    ).toMatchObject({ phase: 'connected', downMs: null });
  });

  test('that fails is restarted at once', () => {
    expect(meeting().note('look', { link: 'failed' }).steps).toEqual([['restart', 0]]);
  });

  test('with the other side’s description has its whole time, but not for ever', () => {
    const ladder = meeting();
    while (ladder.steps.length === 0 && ladder.nowMs < 200_000) ladder.pass(1_000).note('their-restart');

    expect(ladder.steps).toEqual([['begin-over', 3 * PATIENCE_MS]]);
  });
});

describe('a connection', () => {
  test('that ICE calls disconnected is restarted after 2 s, and begun over 5 s later', () => {
    const ladder = connected().pass(20_000, { link: 'disconnected' });

    const startMs = 1_000 + LOOK_EVERY_MS;
    expect(ladder.steps.slice(0, 2)).toEqual([
      ['restart', startMs + INTERRUPTED_MS_MAX],
      ['begin-over', startMs + INTERRUPTED_MS_MAX + RESTART_MS_MAX],
    ]);
  });

  test('that is back before costs nothing', () => {
    const ladder = connected().pass(1_500, { link: 'disconnected' }).pass(60_000, { link: 'connected' });

    expect(ladder.steps).toEqual([]);
  });

  test('that fails, falls silent or has another network is restarted at once', () => {
    expect(connected().note('look', { link: 'failed' }).steps).toEqual([['restart', 1_000]]);
    expect(connected().note('look', { silentSinceMs: 500 }).steps).toEqual([['restart', 1_000]]);
    expect(connected().note('network-changed').steps).toEqual([['restart', 1_000]]);
  });

  test('that is whole all the same is connected, whatever the news', () => {
    const ladder = connected().note('network-changed').pass(LOOK_EVERY_MS);

    expect([ladder.shown, ladder.recovery.phase]).toEqual(['connected', 'connected']);
  });

  test('is restarted once a second at most, however often the network is said to have changed', () => {
    const ladder = connected();
    for (let each = 0; each < 100; each += 1) ladder.pass(LOOK_EVERY_MS).note('network-changed');

    expect(ladder.steps.length).toBeLessThanOrEqual(26);
    expect(ladder.steps.every(([step]) => step === 'restart')).toBe(true);
  });

  test('that the other side restarts has as much time, and a side that restarts for ever holds nothing up', () => {
    const ladder = connected().pass(500, { link: 'disconnected' }).note('their-restart');
    const startMs = ladder.nowMs;
    while (ladder.steps.length === 0 && ladder.nowMs < 100_000) ladder.pass(1_000).note('their-restart');

    expect(ladder.steps).toEqual([['begin-over', startMs + 3 * RESTART_MS_MAX]]);
  });

  test('that the other side has begun over is met again, without a step of this side', () => {
    const ladder = connected().note('begun-over', { link: 'connecting' }).pass(2_000);

    expect(ladder.steps).toEqual([]);
    expect(ladder.recovery.phase).toBe('meeting');
  });

  test('that was begun over waits 5 s and then 8 s, never longer', () => {
    const ladder = connected().pass(60_000, { link: 'disconnected' });

    const times = ladder.steps.filter(([step]) => step === 'begin-over').map(([, ms]) => ms);
    expect(times.slice(1).map((ms, place) => ms - (times[place] ?? 0))).toEqual([
      5_000, 8_000, 8_000, 8_000, 8_000, 8_000,
    ]);
  });
});

describe('a machine with another network', () => {
  const moved = () => connected().note('network-changed', { link: 'disconnected' });
  const steps = ({ steps: taken }: Ladder) => taken.map(([step, ms]) => [step, ms - 1_000]);

  test('restarts once more after a second without an address there, twice at most, and begins over after that', () => {
    expect(steps(moved().pass(7_000))).toEqual([
      ['restart', 0],
      ['restart', 1_000],
      ['restart', 2_000],
      ['begin-over', 7_000],
    ]);
  });

  test('has as long as any other once it has an address there', () => {
    const ladder = moved().pass(1_000).pass(5_000, { hasNewAddress: true });

    expect(steps(ladder)).toEqual([
      ['restart', 0],
      ['restart', 1_000],
      ['begin-over', 6_000],
    ]);
  });

  test('repeats nothing without a socket, nor where the path is there', () => {
    const deaf = moved().note('look', { hasSocket: false }).pass(3_000);
    const whole = moved().pass(500).pass(3_000, { link: 'connected' });

    expect([steps(deaf), steps(whole)]).toEqual([[['restart', 0]], [['restart', 0]]]);
  });

  test('that falls silent before anybody says why repeats its restart, too', () => {
    const ladder = connected().note('look', { silentSinceMs: 500 }).pass(500).note('network-changed');

    expect(steps(ladder.pass(500))).toEqual([
      ['restart', 0],
      ['restart', 1_000],
    ]);
  });

  test('repeats them too where the path looked whole for a moment, before anybody could know that it is not', () => {
    const ladder = connected().note('network-changed').pass(250);
    const looked = ladder.recovery.phase;
    ladder.note('look', { silentSinceMs: 500 }).pass(1_000);

    expect(looked).toBe('connected');
    expect(steps(ladder)).toEqual([
      ['restart', 0],
      ['restart', 250],
      ['restart', 1_250],
    ]);
  });

  test('has its repetitions anew with the next network, and not with the next report of this one', () => {
    const ladder = moved().pass(2_000).note('network-changed').pass(1_000, { link: 'connected' });
    const before = ladder.steps.length;
    ladder.note('network-changed', { link: 'disconnected' }).pass(3_000, { link: 'connected' });
    const again = ladder.steps.length;
    ladder.pass(10_000).note('network-changed', { link: 'disconnected' }).pass(2_000);

    expect([before, again, ladder.steps.length]).toEqual([3, 4, 7]);
  });

  test('that only its peer left restarts once', () => {
    expect(steps(connected().note('look', { link: 'failed' }).pass(4_000))).toEqual([['restart', 0]]);
  });
});

describe('without a socket', () => {
  test('a restart waits, and goes at once when the socket is back', () => {
    const ladder = connected().pass(60_000, { link: 'disconnected', hasSocket: false });
    const before = [...ladder.steps];

    ladder.note('socket-back', { hasSocket: true });

    expect(before).toEqual([]);
    expect(ladder.steps).toEqual([['restart', ladder.nowMs]]);
  });

  test('a change of the network is kept, though the picture still moves', () => {
    const ladder = connected().note('network-changed', { hasSocket: false }).pass(60_000);
    const shown = ladder.shown;

    ladder.note('socket-back', { hasSocket: true });

    expect(shown).toBe('connected');
    expect(ladder.steps).toEqual([['restart', ladder.nowMs]]);
  });

  test('a picture that moves needs nothing', () => {
    const ladder = connected().pass(60_000, { hasSocket: false }).note('socket-back', { hasSocket: true });

    expect(ladder.steps).toEqual([]);
  });
});

describe('a silence', () => {
  test('costs a restart, then a new connection, and in the end nothing more', () => {
    const ladder = connected();
    const silentSinceMs = ladder.nowMs;
    ladder.pass(600_000, { silentSinceMs });

    expect(ladder.steps.map(([step]) => step)).toEqual(['restart', 'begin-over', 'restart', 'begin-over']);
    expect(ladder.shown).toBe('connected');
  });

  test('that ended may cost as much the next time', () => {
    const ladder = connected();
    for (let each = 0; each < 5; each += 1) {
      ladder.note('look', { silentSinceMs: ladder.nowMs }).pass(10_000, { silentSinceMs: null });
    }

    expect(ladder.steps.map(([step]) => step)).toEqual(Array(5).fill('restart'));
  });

  test('of a side that sends nothing any more is none', () => {
    const ladder = connected().note('look', { silentSinceMs: 900 });

    ladder.note('look', { awaitsMedia: false, silentSinceMs: null });

    expect(ladder.recovery.phase).toBe('connected');
  });
});

describe('a late look', () => {
  test('decides nothing: first the browser says how the connection is', () => {
    const ladder = connected().pass(500, { link: 'disconnected' }).sleep(600_000);
    const atWake = [...ladder.steps];

    ladder.pass(1_000, { link: 'connected' });

    expect(atWake).toEqual([]);
    expect(ladder.steps).toEqual([]);
    expect(ladder.shown).toBe('connected');
  });

  test('a hidden page that looks once a minute takes no step of its own', () => {
    const ladder = connected().pass(500, { link: 'disconnected' });
    for (let minutes = 0; minutes < 10; minutes += 1) ladder.sleep(60_000);

    expect(ladder.steps).toEqual([]);
  });

  test('a page that was woken goes on', () => {
    const ladder = connected().pass(500, { link: 'disconnected' }).sleep(600_000);
    const wokenMs = ladder.nowMs;
    ladder.pass(5_000);

    expect(ladder.steps).toEqual([['restart', wokenMs + 2_000]]);
  });
});

describe('the words', () => {
  test('come after 2.5 s without a picture, and not before', () => {
    const ladder = connected().pass(LOOK_EVERY_MS, { link: 'disconnected' });
    const shown = [
      ladder.shown,
      ladder.pass(WORDS_MS - LOOK_EVERY_MS).shown,
      ladder.pass(LOOK_EVERY_MS).shown,
    ];

    expect(shown).toEqual(['interrupted', 'interrupted', 'reconnecting']);
  });

  test('count from when the media stopped, if that is known', () => {
    const ladder = connected();
    const silentSinceMs = ladder.nowMs - WORDS_MS;

    expect(ladder.note('look', { silentSinceMs }).shown).toBe('reconnecting');
  });

  test('stay over new connections until the picture is back', () => {
    const ladder = connected().pass(30_000, { link: 'disconnected' });
    const during = ladder.shown;

    expect([during, ladder.pass(LOOK_EVERY_MS, { link: 'connected' }).shown]).toEqual([
      'reconnecting',
      'connected',
    ]);
  });

  test('are over when there is nobody any more', () => {
    const ladder = connected().pass(5_000, { link: 'disconnected' }).note('left');

    expect(ladder.recovery).toEqual(ALONE);
    expect(ladder.pass(60_000).steps.length).toBe(1);
  });
});
