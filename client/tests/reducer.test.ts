// The reducer in whole stories, told in frames and clicks.

import { describe, expect, test } from 'vitest';
import { secondsShown } from '../src/base/bill-counter';
import { connectionStatus, elapsedSeconds, stageOf } from '../src/call/state';
import type { ServerFrameOf } from '../src/call/transport/wire';
import { ADDRESS, connecting, ENDED, joined, live, NOW, Story, TUTOR, WELCOME, waiting } from './story';

describe('meeting', () => {
  test('the first page prepares to answer, and offers nothing', () => {
    const story = waiting();

    expect(stageOf(story.state)).toBe('waiting');
    expect(story.kinds()).toEqual(['use-servers', 'remember', 'tell-parent', 'prepare', 'tell-parent']);
  });

  test('the second page offers at once', () => {
    const story = new Story().get({ ...WELCOME, peer: TUTOR });

    expect(story.effects).toContainEqual({ kind: 'meet', page: TUTOR.page, offer: true });
    expect(stageOf(story.state)).toBe('connecting');
  });

  test('the page that was there waits for the offer', () => {
    expect(connecting().effects).toContainEqual({ kind: 'meet', page: TUTOR.page, offer: false });
  });

  test('r28: the parent hears that the session started once, however often the other comes back', () => {
    const story = connecting();

    expect(story.told()).toContain('session-started');
    story.get(joined({ ...TUTOR, page: 'page-tutor-2' }));
    expect(story.told()).not.toContain('session-started');
  });
});

describe('losing and finding', () => {
  test('a lost socket leaves a living picture alone', () => {
    const story = live().do({ type: 'socket-lost', isFinal: false });

    expect(stageOf(story.state)).toBe('live');
    expect(story.kinds()).toEqual([]);
  });

  test('the same page coming back keeps the connection', () => {
    const story = live().get(joined(TUTOR));

    // An offer may have been lost with the socket that they had before.
    expect(story.kinds()).toEqual(['repeat-offer']);
  });

  test('a page that took the seat over is known, until the next one comes', () => {
    const story = live().get(joined({ ...TUTOR, page: 'page-2' }, true));

    expect(story.state.tookOver).toBe(true);
    expect(story.get(joined({ ...TUTOR, page: 'page-3' })).state.tookOver).toBe(false);
  });

  test('whose link was withdrawn is gone at once, with their picture', () => {
    const story = live().get({ type: 'peer-left', role: 'tutor', reason: 'link-revoked', timestamp: NOW });

    expect(story.state.peer).toBeNull();
    expect(story.kinds()).toContain('prepare');
  });

  test('another page of the same person gets a new connection', () => {
    const story = live().get(joined({ ...TUTOR, page: 'page-2' }));

    expect(story.effects).toContainEqual({ kind: 'meet', page: 'page-2', offer: false });
    expect(stageOf(story.state)).toBe('connecting');
  });

  test('an own resume keeps the connection: the ladder decides whether it needs to be renewed', () => {
    const story = live().get({ ...WELCOME, peer: TUTOR });

    expect(story.kinds()).toEqual(['use-servers', 'remember', 'renew']);
  });

  test('after a restart of the service the first one back keeps the picture, though nobody is seated yet', () => {
    const story = live().get(WELCOME);

    expect(stageOf(story.state)).toBe('live');
    expect(story.kinds()).not.toContain('prepare');
  });

  test('and the lines of the chat, which the service has forgotten', () => {
    const line = { id: 'm-1', role: 'tutor', text: 'hola', timestamp: NOW } as const;
    const story = live().get({ type: 'chat', line }).get(WELCOME);

    expect(story.state.chat).toEqual([line]);
  });

  test('a goodbye ends the connection at once; a lost one only when the picture stops', () => {
    const left = { type: 'peer-left', role: 'tutor', reason: 'connection-closed', timestamp: NOW } as const;
    const closed = live().get(left);
    const lost = live().get({ ...left, reason: 'connection-lost' });

    expect(stageOf(closed.state)).toBe('waiting');
    expect(closed.kinds()).toContain('prepare');
    expect(stageOf(lost.state)).toBe('live');
    expect(lost.do({ type: 'link', state: 'interrupted' }).kinds()).not.toContain('prepare');
    expect(lost.do({ type: 'link', state: 'reconnecting' }).kinds()).toContain('prepare');
    expect(stageOf(lost.state)).toBe('waiting');
  });

  test('a broken connection is reconnecting until it stands again, and a short gap is not', () => {
    const story = live();
    const stages = (['interrupted', 'reconnecting', 'connected'] as const).map((state) =>
      stageOf(story.do({ type: 'link', state }).state),
    );

    expect(stages).toEqual(['live', 'reconnecting', 'live']);
  });

  test('a frame about someone who is not the other changes nothing', () => {
    const story = live();
    const before = story.state;

    story.get({ type: 'peer-left', role: 'student', reason: 'connection-closed', timestamp: NOW });
    const signs = { hand: true, screen: true, videoPaused: true, network: 'weak' } as const;
    story.get({ type: 'user-status', role: 'student', audio: false, video: false, ...signs });

    expect(story.state).toBe(before);
  });
});

describe('devices', () => {
  test('r9, r32: a switch is told to the other side and to the parent, and remembered', () => {
    const story = live().do({ type: 'switch', device: 'audio', on: false });

    expect(story.sent()).toEqual([{ type: 'user-status', audio: false, video: true }]);
    expect(story.effects).toContainEqual({ kind: 'remember', changes: { audio: false } });
    expect(story.effects).toContainEqual({
      kind: 'tell-parent',
      event: {
        type: 'user-action',
        action: 'muted',
        sessionId: 's-1',
        userRole: 'student',
        userAddress: ADDRESS,
        timestamp: NOW,
      },
    });
  });

  test('switching to what is already so does nothing', () => {
    expect(live().do({ type: 'switch', device: 'video', on: true }).kinds()).toEqual([]);
  });

  test('a camera that cannot be had is off for the other side, and is no choice to remember', () => {
    const status = {
      on: { audio: true, video: true },
      missing: { audio: false, video: true },
      problem: 'not-found',
    } as const;
    const story = waiting().do({ type: 'devices', status });

    expect(story.state.me).toMatchObject({ audio: true, video: false });
    expect(story.sent()).toEqual([{ type: 'user-status', audio: true, video: false }]);
    expect(story.kinds()).not.toContain('remember');
  });
});

describe('chat', () => {
  test('a line is pending until the service has stamped it', () => {
    const story = live().do({ type: 'say', id: 'm-1', text: 'hola' });
    expect(story.state.pending).toHaveLength(1);

    const line = { id: 'm-1', role: 'student', text: 'hola', timestamp: NOW } as const;
    story.get({ type: 'chat', line }).get({ type: 'chat', line });

    expect(story.state.pending).toEqual([]);
    expect(story.state.chat).toEqual([line]);
  });

  test('what was written while the service was away goes out once it is back, and only what it does not have', () => {
    const story = live().do({ type: 'socket-lost', isFinal: false });
    story.do({ type: 'say', id: 'm-1', text: 'one' }).do({ type: 'say', id: 'm-2', text: 'two' });
    expect(story.sent()).toEqual([]);

    const kept = { id: 'm-1', role: 'student', text: 'one', timestamp: NOW } as const;
    story.get({ ...WELCOME, peer: TUTOR, chat: [kept] });

    expect(story.sent()).toEqual([{ type: 'chat', id: 'm-2', text: 'two' }]);
  });
});

describe('time', () => {
  test('r10: the timer runs from sessionStart by the service’s clock, whatever this machine’s says', () => {
    const wrong = NOW - 86_400_000;
    const story = new Story().get(WELCOME, wrong);

    expect(elapsedSeconds(story.state, wrong)).toBe(60);
    expect(elapsedSeconds(story.state, wrong + 1_999)).toBe(61);
  });

  test('a delayed message does not set the timer back, however late it is; one that was less delayed corrects it', () => {
    const story = waiting().get({ type: 'ping', serverTime: NOW + 5_000 }, NOW + 5_400);
    expect(story.state.clockOffsetMs).toBe(0);

    story.get({ type: 'ping', serverTime: NOW + 10_000 }, NOW + 13_000);
    expect(story.state.clockOffsetMs).toBe(0);

    story.get({ type: 'ping', serverTime: NOW + 15_000 }, NOW + 14_900);
    expect(story.state.clockOffsetMs).toBe(100);
  });

  test('what is shown of the bill does not fall with a clock that goes back', () => {
    const bill: ServerFrameOf<'bill'> = {
      type: 'bill',
      state: 'live',
      running: true,
      reason: null,
      billableSeconds: 0,
      cost: null,
      ratePerHour: null,
      serverTime: NOW,
      provenAt: NOW,
      capAt: null,
      capSeconds: null,
    };
    const story = live()
      .get(bill)
      .get({ ...bill, billableSeconds: 30, provenAt: NOW + 30_000, serverTime: NOW + 30_000 }, NOW + 30_000);
    const shown = (atMs: number) =>
      story.state.counted && secondsShown(story.state.counted, elapsedSeconds(story.state, atMs));
    expect([shown(NOW + 30_000), shown(NOW + 38_000)]).toEqual([20, 28]);

    story.get({ ...WELCOME, serverTime: NOW - 60_000, peer: TUTOR }, NOW + 38_000);

    expect(elapsedSeconds(story.state, NOW + 38_000)).toBe(0);
    expect(shown(NOW + 38_000)).toBe(28);
  });

  test('a service that another socket leads to may have another clock', () => {
    const story = waiting().get({ ...WELCOME, serverTime: NOW + 5_000 }, NOW + 5_400);
    expect(story.state.clockOffsetMs).toBe(0);

    story.get({ ...WELCOME, serverTime: NOW + 10_000 }, NOW + 70_000);
    expect(story.state.clockOffsetMs).toBe(-60_000);
  });

  test('after the end it stands where the service stopped it', () => {
    expect(elapsedSeconds(live().get(ENDED).state, NOW + 999_000)).toBe(330);
  });
});

describe('warnings', () => {
  const WARNING = {
    type: 'connection-warning',
    disconnectedRole: 'tutor',
    gracePeriodSeconds: 30,
    deadline: NOW + 30_000,
    cause: 'away',
    claims: null,
  } as const;

  test('r39: an answer goes to the service; without a warning there is nothing to answer', () => {
    expect(waiting().do({ type: 'decide', decision: 'end' }).sent()).toEqual([]);
    const story = waiting().get(WARNING).do({ type: 'decide', decision: 'wait' });

    expect(story.sent()).toEqual([{ type: 'grace-decision', decision: 'wait' }]);
    expect(story.get({ type: 'grace-resolved', outcome: 'returned' }).state.warning).toBeNull();
  });

  test('an answer to a warning that did not count leaves the question open', () => {
    const refused = { type: 'error', code: 'not-here', message: '', final: false, id: null } as const;
    const story = live().get(WARNING).do({ type: 'decide', decision: 'wait' });

    expect(story.state.decision).toBe('wait');
    expect(story.get(refused).state).toMatchObject({ decision: null, warning: WARNING });
  });

  test('r39: the page around the call hears of each warning, of its end and of prepaid time that runs out', () => {
    const about = { sessionId: 's-1', timestamp: expect.any(Number) };
    const { type, disconnectedRole, gracePeriodSeconds } = WARNING;

    expect(live().get(WARNING).effects).toContainEqual({
      kind: 'tell-parent',
      event: { type, disconnectedRole, gracePeriodSeconds, ...about },
    });
    const claims = { student: 'nothing-arrives', tutor: 'is-received' };
    expect(live().get({ ...WARNING, cause: 'dispute', claims }).effects).toContainEqual({
      kind: 'tell-parent',
      event: { type, disconnectedRole, gracePeriodSeconds, cause: 'dispute', claims, ...about },
    });
    expect(live().get({ type: 'grace-resolved', outcome: 'wait' }).effects).toContainEqual({
      kind: 'tell-parent',
      event: { type: 'grace-resolved', outcome: 'wait', ...about },
    });
    for (const remainingSeconds of [300, 60]) {
      expect(live().get({ type: 'low-balance', remainingSeconds }).effects).toContainEqual({
        kind: 'tell-parent',
        event: { type: 'low-balance', remainingSeconds, ...about },
      });
    }
  });
});

describe('the end', () => {
  test('r16, r31: an end stops everything, forgets the seat and tells the parent', () => {
    const story = live().get(ENDED);

    expect(stageOf(story.state)).toBe('ended');
    expect(story.kinds()).toContain('stop');
    expect(story.effects).toContainEqual({ kind: 'remember', changes: { resume: null } });
    expect(story.told()).toEqual(['session-ended', 'connection-status']);
  });

  test('and comes once', () => {
    expect(live().get(ENDED).get(ENDED).kinds()).toEqual([]);
  });

  test('an end that was clicked while the service was away is sent when it is back', () => {
    const story = live().do({ type: 'socket-lost', isFinal: false }).do({ type: 'end' });

    expect(story.get({ ...WELCOME, peer: TUTOR }).sent()).toEqual([{ type: 'end-session' }]);
  });

  test('a call that moved elsewhere stops here and can be taken back', () => {
    const moved = { type: 'error', code: 'moved-elsewhere', message: '', final: true, id: null } as const;
    const story = live().get(moved);

    expect(stageOf(story.state)).toBe('moved');
    expect(story.kinds()).toContain('stop');
    expect(story.do({ type: 'take-over' }).effects).toContainEqual({ kind: 'take-over' });
  });

  test('a seat that is open elsewhere is a question, not an end', () => {
    const error = {
      type: 'error',
      code: 'seat-open-elsewhere',
      message: '',
      final: false,
      id: null,
    } as const;
    const story = new Story().get(error);

    expect(stageOf(story.state)).toBe('elsewhere');
    expect(story.kinds()).toEqual(['stop']);
    expect(stageOf(story.get(WELCOME).state)).toBe('waiting');
  });

  test('a harmless error changes nothing, a final one says why', () => {
    const error = { type: 'error', code: 'rate-limited', message: '', final: false, id: null } as const;
    const story = live();
    const before = story.state;

    expect(story.get(error).state).toBe(before);
    expect(stageOf(story.get({ ...error, code: 'link-expired', final: true }).state)).toBe('refused');
  });

  test('after the end no click counts', () => {
    const story = live().get(ENDED);
    const before = story.state;

    for (const action of [{ type: 'end' }, { type: 'say', id: 'm', text: 'x' }] as const) story.do(action);

    expect(story.state).toBe(before);
  });
});

describe('r33: the connection’s status', () => {
  test('is poor where nothing arrives', () => {
    const { state } = live().do({ type: 'quality', quality: 'stalled' });

    expect(connectionStatus(state)).toMatchObject({ isConnected: true, connectionQuality: 'poor' });
  });

  test('is told when it changes, and not otherwise', () => {
    const story = live();
    expect(story.told()).toContain('connection-status');

    expect(story.do({ type: 'quality', quality: 'excellent' }).told()).toEqual(['connection-status']);
    expect(story.do({ type: 'quality', quality: 'excellent' }).told()).toEqual([]);
    expect(connectionStatus(story.state)).toEqual({
      isConnected: true,
      participantsCount: 2,
      connectionQuality: 'excellent',
    });
  });

  test('alone there is one participant and no connection', () => {
    expect(connectionStatus(waiting().state)).toEqual({
      isConnected: false,
      participantsCount: 1,
      connectionQuality: 'disconnected',
    });
  });
});
