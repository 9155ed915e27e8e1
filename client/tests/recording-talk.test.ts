// Two pages that speak of a recording: with a yes and with a no, over a line that drops, and with a page that says what it likes.

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { readAnswer, readWish, writeAnswer, writeWish } from '../src/classroom/recording-frame';
import { RecordingTalk } from '../src/classroom/recording-talk';

class Pages {
  readonly tutor = make();
  readonly student = make();
  nowMs = 0;

  /** Carry everything that is to be said, until both are silent. */
  carry(): void {
    for (let turns = 0, isBusy = true; isBusy; turns += 1) {
      expect(turns).toBeLessThan(20);
      isBusy = [this.pass(this.tutor, this.student), this.pass(this.student, this.tutor)].includes(true);
    }
  }

  tick(ms: number): void {
    this.nowMs += ms;
    for (const talk of [this.tutor, this.student]) talk.tick(this.nowMs);
  }

  lose(): void {
    for (const talk of [this.tutor, this.student]) talk.lose(this.nowMs);
  }

  /** A line that is back: each page says how things stand. */
  meet(): void {
    for (const talk of [this.tutor, this.student]) talk.greet();
    this.carry();
  }

  /** The tutor records, with the student's yes. */
  begin(): void {
    this.tutor.ask(7, this.nowMs);
    this.carry();
    this.student.agree(this.nowMs);
    this.carry();
  }

  get states(): readonly string[] {
    return [this.tutor.state, this.student.state];
  }

  private pass(from: RecordingTalk, to: RecordingTalk): boolean {
    const message = from.next(this.nowMs);
    if (message?.kind !== 'recording' && message?.kind !== 'recording-answer') return false;
    expect(to.receive(message.kind, message.bytes, this.nowMs)).toBe(true);
    return true;
  }
}

function make(): RecordingTalk {
  const talk = new RecordingTalk(() => undefined);
  talk.mayBeAsked = true;
  return talk;
}

let pages: Pages;

beforeEach(() => {
  pages = new Pages();
});

describe('a question', () => {
  test('that is answered with yes begins the recording, of which both know', () => {
    pages.tutor.ask(7, 0);
    pages.carry();
    expect(pages.states).toEqual(['asking', 'asked']);

    pages.student.agree(0);
    expect(pages.states).toEqual(['asking', 'recorded']);

    pages.carry();
    expect(pages.states).toEqual(['recording', 'recorded']);
  });

  test('that is answered with no begins nothing, and may be asked again after a rest', () => {
    pages.tutor.ask(7, 0);
    pages.carry();
    pages.student.decline(0);
    pages.carry();
    expect(pages.states).toEqual(['off', 'off']);
    expect([pages.tutor.end, pages.student.end]).toEqual(['refused', null]);

    expect(pages.tutor.canAsk(4_999)).toBe(false);
    pages.tutor.ask(8, 4_999);
    expect(pages.tutor.state).toBe('off');

    pages.nowMs = 5_000;
    pages.begin();
    expect(pages.states).toEqual(['recording', 'recorded']);
  });

  test('that nobody answers goes after a minute', () => {
    pages.tutor.ask(7, 0);
    pages.carry();
    pages.tick(59_999);
    expect(pages.states).toEqual(['asking', 'asked']);

    pages.tick(1);
    pages.carry();
    expect(pages.states).toEqual(['off', 'off']);
    expect(pages.tutor.end).toBe('unanswered');
  });

  test('that is taken back is gone, and a yes that crosses it begins nothing', () => {
    pages.tutor.ask(7, 0);
    pages.carry();
    pages.tutor.stop(0);
    pages.student.agree(0);
    pages.carry();

    expect(pages.states).toEqual(['off', 'off']);
  });

  test('gets a no where the platform shows no recordings', () => {
    pages.student.mayBeAsked = false;
    pages.tutor.ask(7, 0);
    pages.carry();

    expect(pages.states).toEqual(['off', 'off']);
    expect(pages.tutor.end).toBe('refused');
  });

  test('of both at once is one question, the same on both pages', () => {
    pages.tutor.ask(9, 0);
    pages.student.ask(4, 0);
    pages.carry();
    expect(pages.states).toEqual(['asked', 'asking']);

    pages.tutor.agree(0);
    pages.carry();
    expect(pages.states).toEqual(['recorded', 'recording']);
  });
});

describe('a recording', () => {
  beforeEach(() => pages.begin());

  test('ends by who records', () => {
    pages.tutor.stop(0);
    pages.carry();
    expect(pages.states).toEqual(['stopping', 'off']);
    expect(pages.student.end).toBe('over');

    pages.tutor.finish(0);
    expect(pages.states).toEqual(['off', 'off']);
  });

  test('ends by who is recorded', () => {
    pages.student.stop(0);
    pages.carry();

    expect(pages.states).toEqual(['stopping', 'off']);
    expect(pages.tutor.end).toBe('over');
  });

  test('waits while the line is away, and goes on when the other page shows the sign again', () => {
    pages.lose();
    expect(pages.states).toEqual(['held', 'recorded']);

    pages.tick(10_000);
    expect(pages.states).toEqual(['held', 'recorded']);

    pages.meet();
    expect(pages.states).toEqual(['recording', 'recorded']);
  });

  test('is asked for again where no other channel comes, only words after a silence', () => {
    pages.lose();
    pages.tick(2_000);
    pages.carry();

    expect(pages.states).toEqual(['recording', 'recorded']);
  });

  test('ends where the line is away for longer: the other could not end it', () => {
    pages.lose();
    pages.tick(15_000);

    expect(pages.states).toEqual(['stopping', 'off']);
    expect(pages.tutor.end).toBe('gone');
  });

  test('ends when the line is back, if the other has ended it meanwhile', () => {
    pages.lose();
    pages.student.stop(1_000);
    pages.student.next(1_000); // it is lost
    pages.meet();

    expect(pages.states).toEqual(['stopping', 'off']);
  });

  test('goes on over a reload of who has said yes, and not in another page that never said it', () => {
    pages.lose();
    const reloaded = make();
    reloaded.restore(7, 0);
    Object.assign(pages, { student: reloaded });
    pages.meet();
    expect(pages.states).toEqual(['recording', 'recorded']);

    pages.lose();
    Object.assign(pages, { student: make() });
    pages.meet();
    expect(pages.states).toEqual(['stopping', 'off']);
  });

  test('is over for the other page when who records has loaded theirs anew', () => {
    pages.lose();
    Object.assign(pages, { tutor: make() });
    pages.meet();
    pages.tick(15_000);

    expect(pages.states).toEqual(['off', 'off']);
  });

  test('takes no second question', () => {
    pages.student.receive('recording', writeWish({ word: 'asks', id: 99 }), 0);
    pages.carry();

    expect(pages.states).toEqual(['recording', 'recorded']);
  });
});

test('a yes is remembered while it counts, and an old one counts for nothing', () => {
  const kept: (number | null)[] = [];
  pages.student.onAgreed = (id) => kept.push(id);
  pages.begin();
  pages.student.stop(0);
  expect(kept).toEqual([7, null]);

  const late = make();
  late.restore(7, 0);
  late.tick(15_000);
  late.receive('recording', writeWish({ word: 'records', id: 7 }), 15_000);
  expect(late.state).toBe('off');
});

test('of a message that is too short the line is told', () => {
  expect(pages.student.receive('recording', new Uint8Array(2), 0)).toBe(false);
  expect(pages.student.receive('recording-answer', new Uint8Array(), 0)).toBe(false);
});

describe('a page that says what it likes', () => {
  const said = fc.oneof(
    fc.record({
      kind: fc.constant('recording' as const),
      bytes: fc
        .record({ word: fc.constantFrom('none', 'asks', 'records'), id: fc.nat(9) })
        .map(writeWish as (wish: object) => Uint8Array),
    }),
    fc.record({
      kind: fc.constant('recording-answer' as const),
      bytes: fc
        .record({ word: fc.constantFrom('none', 'yes', 'no'), id: fc.nat(9) })
        .map(writeAnswer as (answer: object) => Uint8Array),
    }),
    fc.record({
      kind: fc.constantFrom('recording' as const, 'recording-answer' as const),
      bytes: fc.uint8Array({ maxLength: 12 }),
    }),
  );

  test('never makes the own page record, nor show itself as recorded without a yes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(said, fc.nat(20_000)), { maxLength: 60 }), (steps) => {
        const talk = make();
        let nowMs = 0;
        for (const [{ kind, bytes }, passedMs] of steps) {
          nowMs += passedMs;
          talk.receive(kind, bytes, nowMs);
          talk.tick(nowMs);
          expect(['off', 'asked']).toContain(talk.state);
          const message = talk.next(nowMs);
          const answer = message?.kind === 'recording-answer' ? readAnswer(message.bytes) : null;
          expect(answer?.word).not.toBe('yes');
          expect(message?.kind === 'recording' && readWish(message.bytes)?.word).not.toBe('records');
        }
      }),
    );
  });

  test('asks at most a few times in ten minutes, however often it begins', () => {
    const talk = make();
    let questions = 0;
    talk.onChange = () => {
      questions += talk.state === 'asked' ? 1 : 0;
    };
    for (let nowMs = 0; nowMs < 600_000; nowMs += 10) {
      talk.receive('recording', writeWish({ word: 'asks', id: nowMs }), nowMs);
      talk.receive('recording', writeWish({ word: 'none', id: 0 }), nowMs);
    }

    expect(questions).toBe(5);
  });

  test('that answers before it is asked, or another question, is not heard', () => {
    const talk = make();
    talk.receive('recording-answer', writeAnswer({ word: 'yes', id: 3 }), 0);
    talk.ask(4, 0);
    talk.receive('recording-answer', writeAnswer({ word: 'yes', id: 3 }), 0);

    expect(talk.state).toBe('asking');
  });
});
