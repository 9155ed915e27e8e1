// Whose connection is bad: each case is one evening of two people, as one of their pages knows it.

import { describe, expect, test } from 'vitest';
import { readSample, type Sample } from '../src/call/transport/quality';
import {
  findTrouble,
  LineWatch,
  Pings,
  type Signs,
  type Trouble,
  TroubleWatch,
} from '../src/call/transport/trouble';

const FINE: Signs = {
  isCutOff: false,
  lateMs: 0,
  isStalled: false,
  lossIn: 0,
  lossOut: 0,
  sendableBps: 1_500_000,
  arrivingBps: 1_500_000,
  roundTripMs: 40,
  theirs: 'good',
  isAway: false,
};

describe('findTrouble', () => {
  test.each<[string, Partial<Signs>, Trouble | null]>([
    ['nothing is wrong', {}, null],
    ['a browser that tells nothing is no trouble', { sendableBps: null, roundTripMs: null }, null],
    ['a service that restarts while the picture moves is no trouble', { isCutOff: true }, null],
    ['their page alone has lost the service', { isAway: true }, null],
    ['the own browser is offline, and nothing comes', { isCutOff: true, isStalled: true }, 'own'],
    ['the pings come late, and what comes has holes', { lateMs: 260, lossIn: 0.2 }, 'own'],
    ['what is sent has holes, and what comes has none', { lossOut: 0.2 }, 'own'],
    ['hardly anything can be sent', { sendableBps: 120_000 }, 'own'],
    [
      'hardly anything can be sent, and hardly anything comes',
      { sendableBps: 120_000, arrivingBps: 90_000 },
      'between',
    ],
    [
      'hardly anything can be sent, and they send no picture',
      { sendableBps: 120_000, arrivingBps: null },
      'own',
    ],
    ['little comes, because they save data', { arrivingBps: 90_000 }, null],
    [
      'little goes and comes, and the pings come late',
      { sendableBps: 120_000, arrivingBps: 90_000, lateMs: 260 },
      'own',
    ],
    ['what comes has holes, and what is sent has none', { lossIn: 0.2 }, 'theirs'],
    ['nothing comes, and the own socket is quick', { isStalled: true }, 'theirs'],
    ['nothing comes, and their socket is gone', { isStalled: true, isAway: true }, 'theirs'],
    ['they say so themselves, whatever is measured here', { theirs: 'weak' }, 'theirs'],
    ['what is sent has holes, because they hear badly', { lossOut: 0.2, theirs: 'weak' }, 'theirs'],
    ['a line that loses both ways, one of them a little more', { lossIn: 0.12, lossOut: 0.08 }, 'between'],
    ['both ways have holes, and both sockets are quick', { lossIn: 0.2, lossOut: 0.2 }, 'between'],
    ['the way is long', { roundTripMs: 900 }, 'between'],
    ['both sides are bad', { lossIn: 0.2, lateMs: 900, theirs: 'weak' }, 'between'],
    ['both are cut off', { isStalled: true, isCutOff: true, isAway: true }, 'between'],
  ])('%s', (_story, signs, trouble) => {
    expect(findTrouble({ ...FINE, ...signs })).toBe(trouble);
  });

  test('a tenth lost is not yet bad, and a ping that is little late proves nothing', () => {
    expect(findTrouble({ ...FINE, lossIn: 0.1, lossOut: 0.1, roundTripMs: 600 })).toBeNull();
    expect(findTrouble({ ...FINE, lossIn: 0.2, lateMs: 200 })).toBe('theirs');
  });
});

describe('TroubleWatch', () => {
  const watch = (...found: (Trouble | null)[]) => {
    const watched = new TroubleWatch();
    return found.map((one) => watched.receive(one));
  };
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test('three bad seconds are no news', () => {
    expect(watch(...times(3, 'own' as const), ...times(9, null))).toEqual(times(12, null));
  });

  test('four bad seconds of five are, and what most of them say is shown', () => {
    expect(watch('own', 'between', null, 'own', 'own')).toEqual([null, null, null, null, 'own']);
  });

  test('it does not flicker: a good moment ends nothing', () => {
    const [shown] = watch(...times(5, 'own' as const), ...times(7, null), 'own', ...times(7, null)).slice(-1);

    expect(shown).toBe('own');
  });

  test('eight good seconds end it', () => {
    expect(watch(...times(4, 'own' as const), ...times(8, null)).slice(-2)).toEqual(['own', null]);
  });

  test('the side changes once five seconds agree', () => {
    const before = times(5, 'own' as const);

    expect(watch(...before, ...times(4, 'theirs' as const)).slice(-1)).toEqual(['own']);
    expect(watch(...before, ...times(5, 'theirs' as const)).slice(-1)).toEqual(['theirs']);
    expect(watch(...before, 'theirs', 'between', 'theirs', 'between', 'theirs').slice(-1)).toEqual(['own']);
  });
});

describe('LineWatch', () => {
  const EMPTY = readSample([]);
  const at = (received: number, lost: number, remoteLoss = 0): Sample => ({
    ...EMPTY,
    received,
    lost,
    remoteLoss,
  });

  test('count what was lost in the last seconds, not since the beginning', () => {
    const line = new LineWatch();
    line.receive(at(1_000, 900), 0);
    line.receive(at(1_100, 900), 3_000);

    expect(line.receive(at(1_190, 910, 0.25), 6_000)).toMatchObject({ lossIn: 0.1, lossOut: 0.25 });
  });

  test('tell how much came in a second, once they have seen three', () => {
    const line = new LineWatch();
    const withBytes = (bytes: number): Sample => ({ ...EMPTY, flow: { ...EMPTY.flow, bytes } });
    line.receive(withBytes(1_000_000), 0);

    expect(line.receive(withBytes(1_020_000), 2_000).arrivingBps).toBeNull();
    expect(line.receive(withBytes(1_045_000), 3_000).arrivingBps).toBe(120_000);
  });

  test('a sample that is read twice, and one without packets, lose nothing', () => {
    const line = new LineWatch();
    const same = at(50, 0);

    expect(line.receive(same, 0)).toEqual(line.receive(same, 1_000));
    expect(line.receive(at(50, 0), 2_000).lossIn).toBe(0);
  });

  test('another connection counts from its own beginning', () => {
    const line = new LineWatch();
    line.receive(at(1_000, 0), 0);

    expect(line.receive(at(30, 10), 1_000).lossIn).toBe(0);
    expect(line.receive(at(60, 20), 1_500).lossIn).toBe(0.25);
    expect(line.receive(null, 2_000)).toEqual({ lossIn: 0, lossOut: 0, arrivingBps: null });
    expect(line.receive(at(40, 0), 3_000).lossIn).toBe(0);
  });
});

describe('Pings', () => {
  const ping = (sentMs: number, wayMs: number) => ({ serverTime: sentMs + 70_000, atMs: sentMs + wayMs });

  test('are as late as the newest way, or the second of a minute, is longer than the quickest; the clocks may differ', () => {
    const pings = new Pings();

    expect(pings.receive(null, 0)).toBe(0);
    expect(pings.receive(ping(0, 80), 80)).toBe(0);
    expect(pings.receive(ping(5_000, 380), 5_380)).toBe(300);
    expect(pings.receive(ping(10_000, 30), 10_030)).toBe(50);
    expect(pings.receive(ping(15_000, 80), 15_080)).toBe(50);
    expect(pings.receive(ping(20_000, 480), 20_480)).toBe(450);
    expect(pings.receive(ping(25_000, 30), 25_030)).toBe(350);
  });

  test('one that does not come is later every second', () => {
    const pings = new Pings();
    const last = ping(0, 50);
    pings.receive(last, 50);

    expect(pings.receive(last, 4_000)).toBe(0);
    expect(pings.receive(last, 7_050)).toBe(2_000);
  });

  test('a minute later the quick ones of long ago no longer count: clocks drift', () => {
    const pings = new Pings();
    pings.receive(ping(0, 0), 0);
    for (let sent = 5_000; sent <= 55_000; sent += 5_000) pings.receive(ping(sent, 500), sent + 500);

    expect(pings.receive(ping(60_000, 500), 60_500)).toBe(0);
  });
});
