// The ladder as a control loop: whole calls on made lines, in virtual time.

import { describe, expect, test } from 'vitest';
import {
  beginLadder,
  chokeLadder,
  type Ladder,
  type LineSample,
  OFF,
  RUNGS,
  SMALLEST,
  stepLadder,
  type Wish,
} from '../src/call/transport/send-ladder';

const SPEECH: Wish = { isMusic: false, isLowData: false, isSharing: false, mayPause: true };
const SECOND = 1_000;

interface Played {
  readonly ladder: Ladder;
  readonly rungs: readonly number[];
  readonly nowMs: number;
}

/** Play *seconds* of a line that may depend on the rung and the second. */
function play(
  seconds: number,
  line: (rung: number, second: number) => Partial<LineSample>,
  begin: Played = { ladder: beginLadder(0), rungs: [], nowMs: 0 },
  wish: Wish = SPEECH,
): Played {
  let { ladder, nowMs } = begin;
  const rungs: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    nowMs += SECOND;
    const seen = { availableBps: null, loss: 0, roundTripMs: 40, ...line(ladder.rung, second) };
    ladder = stepLadder(ladder, seen, wish, nowMs);
    rungs.push(ladder.rung);
  }
  return { ladder, rungs, nowMs };
}

function countChanges(rungs: readonly number[]): number {
  return rungs.filter((rung, index) => index > 0 && rung !== rungs[index - 1]).length;
}

/** Numbers from 0 to 1 that are the same in every run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A browser believes in half as much again as it sends, and in no more than the line carries (libwebrtc's AIMD). */
function believe(capacityBps: number, rung: number, soundBps: number, parts = 1): number {
  const sentBps = soundBps + (rung === OFF ? 0 : (RUNGS[rung]?.bitrate ?? 0) / parts);
  return Math.min(capacityBps, 1.5 * Math.min(sentBps, capacityBps) + 10_000);
}

describe('a good line', () => {
  test('nothing changes: not in the first seconds, when the browser still finds out, and not later', () => {
    const { rungs } = play(600, (_rung, second) => ({ availableBps: second < 4 ? 300_000 : 4_000_000 }));

    expect(new Set(rungs)).toEqual(new Set([0]));
  });

  test('becomes thin: two samples are enough for a deep fall, three for a step', () => {
    const good = play(20, () => ({ availableBps: 4_000_000 }));
    const fallen = (availableBps: number) => play(4, () => ({ availableBps }), good).rungs;

    expect(fallen(150_000)).toEqual([0, 3, 3, 3]);
    expect(fallen(400_000)).toEqual([0, 0, 1, 1]);
  });

  test('a bad second is no bad line', () => {
    const { rungs } = play(60, (_rung, second) => ({
      availableBps: second % 20 === 10 ? 50_000 : 4_000_000,
    }));

    expect(new Set(rungs)).toEqual(new Set([0]));
  });

  test('a browser that makes no estimate is judged by its loss', () => {
    expect(play(60, () => ({})).ladder.rung).toBe(0);
    expect(play(60, () => ({ loss: 0.15 })).ladder.rung).toBe(1);
    expect(play(60, () => ({ loss: 0.3 })).ladder.rung).toBe(2);
  });
});

describe('a bad line', () => {
  test('150 kbit/s carry a small picture beside whole sound', () => {
    const { ladder } = play(60, () => ({ availableBps: 135_000 }));

    expect(ladder.rung).toBe(3);
    expect(RUNGS[ladder.rung]?.height).toBe(180);
  });

  test('below the floor the picture goes, and with it everything that would cost the sound', () => {
    const { ladder } = play(60, () => ({ availableBps: 60_000 }));

    expect(ladder.rung).toBe(OFF);
    expect(RUNGS[OFF]).toMatchObject({ height: 0, needs: 0 });
  });

  test('a line that loses as much without the picture has the smallest one, until it queues', () => {
    // The other side reports every five seconds, so that some samples count the same loss twice.
    const wireless = (_rung: number, second: number) => ({
      availableBps: 30_000,
      loss: second % 7 === 6 ? null : second % 3 === 0 ? 0.6 : 0.3,
    });
    const lost = play(120, wireless);
    const queued = play(10, () => ({ availableBps: 30_000, loss: 0.3, roundTripMs: 1_000 }), lost);

    expect(lost.rungs.filter((rung) => rung === OFF).length).toBeLessThanOrEqual(9);
    expect(new Set(lost.rungs.slice(30))).toEqual(new Set([SMALLEST]));
    expect(queued.ladder.rung).toBe(OFF);
  });

  test('a line that drops what is too much for it has no picture: without one it loses nothing', () => {
    const { rungs } = play(300, (rung) => ({ availableBps: 60_000, loss: rung === OFF ? 0 : 0.3 }));

    expect(rungs.filter((rung) => rung === OFF).length).toBeGreaterThan(240);
  });

  test('the picture is not paused where nothing else arrives', () => {
    const wish = { ...SPEECH, mayPause: false };
    const { ladder } = play(60, () => ({ availableBps: 20_000 }), undefined, wish);

    expect(ladder.rung).toBe(SMALLEST);
  });

  test('a paused picture is sent again when its sound is lost', () => {
    const paused = play(60, () => ({ availableBps: 20_000 }));
    const { ladder } = play(1, () => ({ availableBps: 20_000 }), paused, { ...SPEECH, mayPause: false });

    expect(ladder.rung).toBe(SMALLEST);
  });

  test('a queue of seconds takes the picture down until it is gone', () => {
    const { rungs } = play(60, (rung) => ({ roundTripMs: rung < 3 ? 3_000 : 100 }));

    expect(Math.max(...rungs)).toBe(3);
  });

  test('a choked line has the smallest picture, and keeps it while the browser finds out anew', () => {
    const good = play(20, () => ({ availableBps: 4_000_000 }));
    const choked = { ...good, ladder: chokeLadder(good.ladder, good.nowMs) };

    expect(play(6, () => ({ availableBps: 30_000, loss: 0.9 }), choked).rungs.slice(0, 5)).toEqual(
      Array(5).fill(SMALLEST),
    );
    expect(play(120, () => ({ availableBps: 135_000 }), choked).ladder.rung).toBe(SMALLEST);
    expect(play(60, (rung) => ({ availableBps: believe(150_000, rung, 40_000) }), choked).ladder.rung).toBe(
      3,
    );
  });

  test('a choke brings no picture back that the line does not carry', () => {
    const paused = play(60, () => ({ availableBps: 40_000 })).ladder;

    expect(chokeLadder(paused, 60_000)).toMatchObject({ rung: OFF, returnAfterMs: paused.returnAfterMs });
  });

  test('an instrument has more of the line than a voice', () => {
    const line = () => ({ availableBps: 220_000 });

    expect(play(60, line).ladder.rung).toBe(2);
    expect(play(60, line, undefined, { ...SPEECH, isMusic: true }).ladder.rung).toBe(3);
  });

  test('beside a shared screen the person is small', () => {
    const wish = { ...SPEECH, isSharing: true };

    expect(play(60, () => ({ availableBps: 1_000_000 }), undefined, wish).ladder.rung).toBe(2);
    expect(play(60, () => ({ availableBps: 3_000_000 }), undefined, wish).ladder.rung).toBe(0);
  });
});

describe('a line that gets better', () => {
  test('the picture comes back by itself, and is whole within a minute', () => {
    const paused = play(20, () => ({ availableBps: 40_000 }));
    const better = play(60, (rung) => ({ availableBps: believe(4_000_000, rung, 40_000) }), paused);

    expect(paused.ladder.rung).toBe(OFF);
    expect(better.ladder.rung).toBe(0);
  });

  test('it comes back also while the person says nothing, when hardly anything is sent', () => {
    const paused = play(60, () => ({ availableBps: 40_000 }));
    const better = play(90, (rung) => ({ availableBps: believe(4_000_000, rung, 3_000) }), paused);

    expect(better.ladder.rung).toBe(0);
  });

  test('after a long sleep of the page nothing that was seen before counts', () => {
    const good = play(30, () => ({ availableBps: 4_000_000 }));
    const drop = play(1, () => ({ availableBps: 100_000 }), good);
    const later = play(1, () => ({ availableBps: 100_000 }), { ...drop, nowMs: drop.nowMs + 600_000 });

    expect(later.ladder.rung).toBe(0);
  });
});

describe('no picture stays small or away for ever', () => {
  test.each([false, true])(
    'whatever the line was, it is whole ten minutes later; low data: %s',
    (isLowData) => {
      for (let seed = 1; seed <= 200; seed += 1) {
        const random = makeRandom(seed);
        const farMs = 1_400 * random();
        const wish = { ...SPEECH, isLowData };
        const bad = play(
          120,
          () => ({
            availableBps: 400_000 * random(),
            loss: random() ** 2,
            roundTripMs: farMs + 3_000 * random(),
          }),
          undefined,
          wish,
        );
        const ladder = random() < 0.5 ? chokeLadder(bad.ladder, bad.nowMs) : bad.ladder;
        const line = (rung: number) => ({
          availableBps: believe(4_000_000, rung, 40_000, isLowData ? 2 : 1),
          roundTripMs: farMs + 100 * random(),
        });

        expect(play(600, line, { ...bad, ladder }, wish).ladder.rung, `seed ${seed}`).toBe(0);
      }
    },
  );

  test('a route that is longer than the one before is no queue', () => {
    const near = play(60, () => ({ availableBps: 135_000 }));
    const far = play(300, () => ({ availableBps: 4_000_000, roundTripMs: 1_000 }), near);

    expect([near.ladder.rung, far.ladder.rung]).toEqual([3, 0]);
  });

  test('a queue that stays is risen into ever more rarely', () => {
    const queue = (rung: number, second: number) => ({
      roundTripMs: second < 5 ? 40 : rung < 3 ? 1_600 : 900,
    });

    expect(countChanges(play(600, queue).rungs.slice(60))).toBeLessThanOrEqual(10);
  });
});

test('a line that the larger picture chokes is tried ever more rarely, and what it carries stays', () => {
  let played = play(1, () => ({}));
  let chokes = 0;
  const rungs: number[] = [];
  for (let second = 0; second < 3_600; second += 1) {
    if (played.ladder.rung < 3) {
      chokes += 1;
      played = { ...played, ladder: chokeLadder(played.ladder, played.nowMs) };
    }
    played = play(1, () => ({}), played);
    rungs.push(played.ladder.rung);
  }
  const better = play(1_200, () => ({}), played);

  expect(chokes).toBeLessThanOrEqual(12);
  expect(countChanges(rungs.slice(-1_800))).toBeLessThanOrEqual(12);
  expect(better.ladder.rung).toBe(0);
});

describe('a steady line', () => {
  const capacities = Array.from({ length: 40 }, (_, index) => 20_000 * 1.17 ** index);

  test.each([3_000, 40_000, 64_000])(
    'with %i bit/s of sound the rung is found, and then stays',
    (soundBps) => {
      for (const capacityBps of capacities) {
        const random = makeRandom(Math.round(capacityBps));
        const noisy = (rung: number) => believe(capacityBps, rung, soundBps) * (0.95 + 0.1 * random());
        const settled = play(120, (rung) => ({ availableBps: noisy(rung) }));
        const { rungs, ladder } = play(600, (rung) => ({ availableBps: noisy(rung) }), settled);

        // A line without room for a picture is tried again, ever more rarely: each try is two changes.
        const most = rungs.includes(OFF) ? 8 : 1;
        expect(countChanges(rungs), `${Math.round(capacityBps)} bit/s: ${rungs}`).toBeLessThanOrEqual(most);
        // What is left for the picture is enough for its rung: the sound is whole.
        const needs = RUNGS[ladder.rung]?.needs ?? 0;
        const isTry = ladder.roseMs !== null;
        if (!isTry) expect(capacityBps * 1.05 - 70_000 >= needs || ladder.rung === OFF).toBe(true);
      }
    },
  );

  test('random loss is no reason to go up and down either', () => {
    for (let percent = 0; percent <= 40; percent += 1) {
      const random = makeRandom(percent + 1);
      const line = () => ({ loss: (percent / 100) * (0.8 + 0.4 * random()) });
      const settled = play(120, line);
      const { rungs } = play(600, line, settled);

      expect(countChanges(rungs), `${percent} %: ${rungs}`).toBeLessThanOrEqual(2);
    }
  });

  test('more of the line is never less of a picture', () => {
    const found = capacities.map(
      (capacityBps) => play(300, () => ({ availableBps: capacityBps })).ladder.rung,
    );

    expect(found.filter((rung) => rung < OFF)).toEqual(
      [...found].filter((rung) => rung < OFF).sort((a, b) => b - a),
    );
    expect(found[0]).toBeGreaterThanOrEqual(SMALLEST);
    expect(found[found.length - 1]).toBe(0);
  });
});

test('a wild line leaves the ladder in order: a rung that there is, and no step up before its time', () => {
  const random = makeRandom(7);
  let ladder = beginLadder(0);
  let roseAt = 0;
  for (let second = 1; second < 5_000; second += 1) {
    const line = {
      availableBps: random() < 0.2 ? null : 3_000_000 * random() ** 3,
      loss: random() < 0.2 ? null : random() ** 3,
      roundTripMs: random() < 0.2 ? null : 3_000 * random() ** 4,
    };
    const next = stepLadder(ladder, line, SPEECH, second * SECOND);
    expect(RUNGS[next.rung]).toBeDefined();
    if (next.rung < ladder.rung) {
      expect(next.rung).toBe(ladder.rung - 1);
      expect(second - roseAt).toBeGreaterThanOrEqual(6);
      roseAt = second;
    }
    ladder = next;
  }
});

test('each rung can prove the next one: a browser believes in half as much again as it sends', () => {
  for (const [index, rung] of RUNGS.slice(0, SMALLEST).entries()) {
    const below = RUNGS[index + 1];
    expect(below && 1.5 * below.bitrate + 10_000 - 70_000).toBeGreaterThanOrEqual(1.3 * rung.needs);
  }
});
