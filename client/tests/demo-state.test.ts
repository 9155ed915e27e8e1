import { describe, expect, test } from 'vitest';
import { costShown, secondsShown } from '../src/base/bill-counter';
import {
  type DemoAction,
  type DemoState,
  FIRST_STATE,
  LINES_MAX,
  reduceDemo,
  wantsTutorLink,
} from '../src/demo/demo-state';
import type { ParentEvent, Role } from '../src/embed/parent-events';
import type { Session } from '../src/platform/api';

const SESSION = { sessionId: 's1', sessionStart: 1_000, studentUrl: 'https://call.example/?role=student' };

function lessonAfter(...happenings: DemoAction[]): DemoState {
  return happenings.reduce(reduceDemo, FIRST_STATE);
}

function bill(changes: Partial<Session>): Session {
  const nothing = { minor: 0, currency: 'USD', decimals: 2, formatted: '$0.00' };
  const nobody = { connected: false, epoch: 0, address: null };
  return {
    sessionId: 's1',
    state: 'waiting',
    reason: null,
    startTime: 1_000,
    language: 'es',
    billableSeconds: 0,
    provenAt: null,
    cost: nothing,
    ratePerHour: nothing,
    participants: { student: nobody, tutor: nobody },
    ended: null,
    version: 1,
    serverTime: 1_000,
    ...changes,
  };
}

function connected(userRole: Role): ParentEvent {
  return { type: 'user-connected', sessionId: 's1', userRole, timestamp: 2_000 };
}

function tick(elapsedSeconds: number): ParentEvent {
  const formattedTime = `00:0${elapsedSeconds}`;
  return {
    type: 'timer-update',
    sessionId: 's1',
    elapsedSeconds,
    formattedTime,
    userRole: 'student',
    timestamp: 1,
  };
}

const RUNNING: DemoAction[] = [{ type: 'start' }, { type: 'created', session: SESSION }];

test('the card shows of the bill what the two calls show, and nothing less when the timer of one is late', () => {
  const cost = { minor: 10, currency: 'USD', decimals: 2, formatted: '$0.10' };
  const rate = { ...cost, minor: 3_600 };
  const live = { state: 'live', startTime: 1_000, cost, ratePerHour: rate } as const;
  const heard = (elapsedSeconds: number): DemoAction => ({
    type: 'heard',
    source: 'student',
    event: tick(elapsedSeconds),
  });
  const { counted, elapsed } = lessonAfter(
    ...RUNNING,
    { type: 'billed', bill: bill({ ...live, provenAt: 2_000 }) },
    heard(9),
    { type: 'billed', bill: bill({ ...live, billableSeconds: 8, provenAt: 9_000 }) },
    heard(12),
    heard(11),
  );

  expect(elapsed).toBe(12);
  expect(counted && [secondsShown(counted, elapsed), costShown(counted, elapsed)]).toEqual([2, 4]);
});

describe('the tutor’s link', () => {
  test('is not wanted before the student has come', () => {
    expect(wantsTutorLink(lessonAfter(...RUNNING))).toBe(false);
    expect(wantsTutorLink(lessonAfter(...RUNNING, { type: 'billed', bill: bill({}) }))).toBe(false);
  });

  test('is not wanted because a tutor came', () => {
    const lesson = lessonAfter(...RUNNING, { type: 'heard', source: 'tutor', event: connected('tutor') });

    expect(wantsTutorLink(lesson)).toBe(false);
  });

  test('is wanted when the student’s call or the bill says that the student is there', () => {
    const student = { connected: true, epoch: 1, address: '0x1' };
    const participants = { student, tutor: { connected: false, epoch: 0, address: null } };

    const heard = lessonAfter(...RUNNING, { type: 'heard', source: 'student', event: connected('student') });
    const billed = lessonAfter(...RUNNING, { type: 'billed', bill: bill({ participants }) });

    expect(wantsTutorLink(heard)).toBe(true);
    expect(wantsTutorLink(billed)).toBe(true);
  });

  test('is wanted once: not when it is there, not after a failure, not after the end', () => {
    const there: DemoAction[] = [
      ...RUNNING,
      { type: 'heard', source: 'student', event: connected('student') },
    ];
    const ended = { endedBy: 'student', reason: 'ended-by-user', totalSeconds: 3, timestamp: 4_000 };

    expect(wantsTutorLink(lessonAfter(...there, { type: 'tutor-link', url: 'https://t' }))).toBe(false);
    expect(wantsTutorLink(lessonAfter(...there, { type: 'failed', problem: 'no' }))).toBe(false);
    expect(wantsTutorLink(lessonAfter(...there, { type: 'billed', bill: bill({ ended }) }))).toBe(false);
  });
});

describe('the list of events', () => {
  test('has the newest first, and counts a timer’s ticks on one line', () => {
    const lesson = lessonAfter(
      { type: 'heard', source: 'student', event: tick(1) },
      { type: 'heard', source: 'student', event: connected('tutor') },
      { type: 'heard', source: 'tutor', event: tick(1) },
      { type: 'heard', source: 'student', event: tick(2) },
    );

    expect(lesson.lines.map(({ source, event, times }) => [source, event.type, times])).toEqual([
      ['tutor', 'timer-update', 1],
      ['student', 'user-connected', 1],
      ['student', 'timer-update', 2],
    ]);
    expect(lesson.timer).toBe('00:02');
  });

  test('keeps the newest lines of a long session, each with a key of its own', () => {
    const many: DemoAction[] = Array.from({ length: LINES_MAX + 50 }, (_, index) => ({
      type: 'fed',
      event: { type: 'user-action', timestamp: index },
    }));

    const { lines } = lessonAfter(...many);

    expect(lines).toHaveLength(LINES_MAX);
    expect(lines[0]?.event.timestamp).toBe(LINES_MAX + 49);
    expect(new Set(lines.map((line) => line.key)).size).toBe(LINES_MAX);
  });
});

describe('the lesson', () => {
  test('is over when the bill says so, and starts afresh after that', () => {
    const ended = { endedBy: 'tutor', reason: 'ended-by-user', totalSeconds: 60, timestamp: 61_000 };

    const over = lessonAfter(...RUNNING, { type: 'billed', bill: bill({ state: 'ended', ended }) });

    expect(over.phase).toBe('over');
    expect(reduceDemo(over, { type: 'again' })).toEqual(FIRST_STATE);
  });

  test('goes back to the button when no session could be made, and stays open when one was', () => {
    const failed: DemoAction = { type: 'failed', problem: 'The service did not answer.' };

    expect(lessonAfter({ type: 'start' }, failed)).toMatchObject({ phase: 'ready', problem: failed.problem });
    expect(lessonAfter(...RUNNING, failed)).toMatchObject({ phase: 'running', problem: failed.problem });
  });

  test('remembers the connection of each side', () => {
    const event: ParentEvent = {
      type: 'connection-status',
      sessionId: 's1',
      isConnected: true,
      participantsCount: 2,
      connectionQuality: 'poor',
      timestamp: 1,
    };

    const lesson = lessonAfter({ type: 'heard', source: 'tutor', event });

    expect(lesson.quality).toEqual({ student: null, tutor: 'poor' });
  });
});
