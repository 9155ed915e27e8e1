// The chat in the call's state: a line is shown once however often it travels, and none is lost with a socket.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHAT_LINES_MAX, PENDING_LINES_MAX } from '../src/call/chat-reducer';
import { reduceCall } from '../src/call/reducer';
import { type Action, beginCall, type CallState, type Effect } from '../src/call/state';
import type { ChatLine, RoomFrame, ServerFrameOf } from '../src/call/transport/wire';

const NOW = 1_698_234_567_890;

const WELCOME: ServerFrameOf<'welcome'> = {
  type: 'welcome',
  role: 'student',
  address: '0x1',
  name: null,
  epoch: 1,
  resume: 'resume-1',
  session: { id: 's-1', start: NOW, language: 'es' },
  serverTime: NOW,
  iceServers: [],
  relayOnly: false,
  peer: null,
  chat: [],
  assumed: [],
};

/** A page and what it has sent on its sockets. */
class Page {
  state: CallState = beginCall({ role: 'student', address: '0x1', name: null, audio: true, video: true });
  effects: readonly Effect[] = [];
  nowMs = NOW;

  do(action: Action): this {
    [this.state, this.effects] = reduceCall(this.state, action, this.nowMs);
    return this;
  }

  get(frame: RoomFrame): this {
    return this.do({ type: 'frame', frame });
  }

  say(id: string): this {
    return this.do({ type: 'say', id, text: `text of ${id}` });
  }

  ping(afterMs: number): this {
    this.nowMs += afterMs;
    return this.get({ type: 'ping', serverTime: this.nowMs });
  }

  lose(): this {
    return this.do({ type: 'socket-lost', isFinal: false });
  }

  /** The ids that the newest step put on the socket. */
  sent(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'send' && effect.frame.type === 'chat' ? [effect.frame.id] : [],
    );
  }

  waiting(): string[] {
    return this.state.pending.map(({ id }) => id);
  }

  shown(): string[] {
    return this.state.chat.map(({ id }) => id);
  }
}

function line(id: string, afterMs = 0, role: ChatLine['role'] = 'student'): ChatLine {
  return { id, role, text: `text of ${id}`, timestamp: NOW + afterMs };
}

const joined = () => new Page().get(WELCOME);

describe('a line that the service refuses', () => {
  const refuse = (page: Page, id: string) =>
    page.get({ type: 'error', code: 'chat-blank', message: '', final: false, id });

  test('is not sent again, on this socket or the next, and says why', () => {
    const page = refuse(joined().say('m-1'), 'm-1');

    expect(page.state.pending).toMatchObject([{ id: 'm-1', refused: 'chat-blank' }]);
    expect(page.ping(60_000).sent()).toEqual([]);
    expect(page.lose().get(WELCOME).sent()).toEqual([]);
  });

  test('holds none back', () => {
    const page = joined().say('m-1').say('m-2');

    expect(refuse(page, 'm-1').sent()).toEqual(['m-2']);
  });

  test('gives way to the next one', () => {
    const page = refuse(joined().say('m-1'), 'm-1').say('m-2');

    expect(page.waiting()).toEqual(['m-2']);
  });

  test('ends nothing, also when the line is not known any more', () => {
    const page = refuse(joined(), 'm-0');

    expect(page.state.outcome).toBeNull();
    expect(page.state.pending).toEqual([]);
  });
});

describe('a line', () => {
  test('goes out at once and waits until the service confirms it', () => {
    const page = joined().say('m-1');

    expect(page.sent()).toEqual(['m-1']);
    expect([page.waiting(), page.shown()]).toEqual([['m-1'], []]);
    page.get({ type: 'chat', line: line('m-1') });
    expect([page.waiting(), page.shown()]).toEqual([[], ['m-1']]);
  });

  test('that was said without a socket goes out with the next welcome, in the order it was written', () => {
    const page = joined().lose().say('m-1').say('m-2');

    expect(page.sent()).toEqual([]);
    expect(page.get(WELCOME).sent()).toEqual(['m-1']);
    expect(page.get({ type: 'chat', line: line('m-1') }).sent()).toEqual(['m-2']);
  });

  test('waits until the one before it is kept, however often that must be sent', () => {
    const page = joined().say('m-1').say('m-2');

    expect(page.sent()).toEqual([]);
    expect(page.ping(5_000).sent()).toEqual(['m-1']);
    expect(page.get({ type: 'chat', line: line('m-1', 0, 'tutor') }).sent()).toEqual([]);
    expect(page.get({ type: 'chat', line: line('m-1') }).sent()).toEqual(['m-2']);
    expect(page.ping(4_999).sent()).toEqual([]);
  });

  test('whose confirmation was lost with the socket is found in the history, and not sent again', () => {
    const page = joined().say('m-1').say('m-2').lose();

    page.get({ ...WELCOME, chat: [line('m-1')] });

    expect(page.sent()).toEqual(['m-2']);
    expect([page.waiting(), page.shown()]).toEqual([['m-2'], ['m-1']]);
  });

  test('of the other with the same id confirms nothing', () => {
    const page = joined().say('m-1');

    page.get({ type: 'chat', line: line('m-1', 0, 'tutor') });

    expect(page.waiting()).toEqual(['m-1']);
  });

  test('that nobody confirms is sent again at a ping, but not at each', () => {
    const page = joined().say('m-1');

    expect(page.ping(1_000).sent()).toEqual([]);
    expect(page.ping(4_000).sent()).toEqual(['m-1']);
    expect(page.ping(1_000).sent()).toEqual([]);
    expect(page.ping(5_000).sent()).toEqual(['m-1']);
  });

  test('that a restarted service gave a new time is shown once, with that time', () => {
    const page = joined().get({ type: 'chat', line: line('m-1', 0, 'tutor') });
    page.get({ type: 'chat', line: line('m-2', 1) });

    page.get({ type: 'chat', line: line('m-1', 9_000, 'tutor') });

    expect(page.shown()).toEqual(['m-2', 'm-1']);
    expect(page.state.chat[1]?.timestamp).toBe(NOW + 9_000);
  });
});

type Happening = 'say' | 'keep' | 'drop' | 'hear' | 'unheard' | 'lose' | 'ping';

/** A service that keeps what reaches it, over a way that loses frames of either direction, and sockets. */
class Way {
  readonly page = joined();
  said: string[] = [];
  kept: string[] = [];
  private sent: string[] = [];
  private told: string[] = [];

  do(what: Happening): void {
    if (what === 'say') {
      const id = `m-${this.said.length}`;
      this.said.push(id);
      this.page.say(id);
    } else if (what === 'keep' || what === 'drop') {
      const id = this.sent.shift();
      if (id === undefined || what === 'drop') return;
      if (!this.kept.includes(id)) this.kept.push(id);
      this.told.push(id);
      return;
    } else if (what === 'hear' || what === 'unheard') {
      const id = this.told.shift();
      if (id === undefined || what === 'unheard') return;
      this.page.get({ type: 'chat', line: line(id) });
    } else if (what === 'lose') {
      this.sent = [];
      this.told = [];
      this.page.lose().get({ ...WELCOME, chat: this.kept.map((id) => line(id)) });
    } else {
      this.page.ping(5_000);
    }
    this.sent.push(...this.page.sent());
  }
}

test('whatever is lost on the way, lines are kept and shown in the order in which they were written', () => {
  const happenings = fc.array(
    fc.constantFrom<Happening[]>('say', 'keep', 'drop', 'hear', 'unheard', 'lose', 'ping'),
    { maxLength: PENDING_LINES_MAX },
  );
  fc.assert(
    fc.property(happenings, (all) => {
      const way = new Way();
      for (const what of all) way.do(what);
      for (let turn = 0; turn <= all.length; turn += 1) {
        for (const what of ['ping', 'keep', 'keep', 'hear', 'hear'] as const) way.do(what);
      }

      expect(way.kept).toEqual(way.said);
      expect(way.page.shown()).toEqual(way.said);
    }),
  );
});

describe('after a reload', () => {
  const remembered: Action = {
    type: 'recall',
    chat: [line('m-1'), line('m-2', 1, 'tutor')],
    pending: [{ id: 'm-3', text: 'text of m-3', sentMs: NOW }],
  };

  test('what the tab remembers is there, and what was not sent goes out', () => {
    const page = new Page().do({ ...remembered, pending: [{ id: 'm-3', text: 'x', sentMs: null }] });

    expect(page.shown()).toEqual(['m-1', 'm-2']);
    expect(page.get(WELCOME).sent()).toEqual(['m-3']);
  });

  test('it does not matter whether the welcome or the memory comes first', () => {
    const history = { ...WELCOME, chat: [line('m-1'), line('m-3', 2)] };

    const pages = [new Page().do(remembered).get(history), new Page().get(history).do(remembered)];

    for (const page of pages) {
      expect(page.shown()).toEqual(['m-1', 'm-2', 'm-3']);
      expect(page.waiting()).toEqual([]);
    }
  });
});

describe('bounds', () => {
  test('the page keeps as many lines as the service, the newest', () => {
    const page = joined();

    for (let number = 0; number < CHAT_LINES_MAX + 3; number += 1) {
      page.get({ type: 'chat', line: line(`m-${number}`, number) });
    }

    expect(page.shown().length).toBe(CHAT_LINES_MAX);
    expect(page.shown()[0]).toBe('m-3');
  });

  test('without a service no more is said than can wait', () => {
    const page = joined().lose();

    for (let number = 0; number < PENDING_LINES_MAX + 3; number += 1) page.say(`m-${number}`);

    expect(page.waiting().length).toBe(PENDING_LINES_MAX);
    expect(page.waiting()[0]).toBe('m-0');
  });
});
