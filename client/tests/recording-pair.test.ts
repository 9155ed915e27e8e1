// Two honest pages, whatever their people press and however the line and the pages come and go: nobody is recorded without a sign.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordingTalk } from '../src/classroom/recording-talk';

const PRESSES = ['ask', 'agree', 'decline', 'stop', 'finish'] as const;

class Person {
  talk = this.open();
  /** What the browser's tab remembers of a yes. */
  private kept: number | null = null;

  open(): RecordingTalk {
    const talk = new RecordingTalk(() => undefined);
    talk.mayBeAsked = true;
    talk.onAgreed = (id) => {
      this.kept = id;
    };
    return talk;
  }

  reload(nowMs: number): void {
    this.talk = this.open();
    if (this.kept !== null) this.talk.restore(this.kept, nowMs);
  }
}

class Lesson {
  readonly people = [new Person(), new Person()] as const;
  private nowMs = 0;
  private ids = 0;
  private isUp = true;

  press(who: 0 | 1, press: (typeof PRESSES)[number]): void {
    const { talk } = this.people[who];
    this.ids += 1;
    if (press === 'ask') talk.ask((this.ids * 7_919) % 1_000, this.nowMs);
    else talk[press](this.nowMs);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const { talk } of this.people) {
      if (!this.isUp) talk.lose(this.nowMs);
      talk.tick(this.nowMs);
    }
  }

  lose(): void {
    this.isUp = false;
    for (const { talk } of this.people) talk.lose(this.nowMs);
  }

  meet(): void {
    this.isUp = true;
    for (const { talk } of this.people) talk.greet();
  }

  reload(who: 0 | 1): void {
    this.lose();
    this.people[who].reload(this.nowMs);
    this.meet();
  }

  /** Everything that is said arrives, or is lost with the line. */
  carry(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const [from, to] of [this.people, [...this.people].reverse()] as readonly (readonly Person[])[]) {
        const message = this.isUp ? from?.talk.next(this.nowMs) : null;
        if (message?.kind !== 'recording' && message?.kind !== 'recording-answer') continue;
        to?.talk.receive(message.kind, message.bytes, this.nowMs);
        isBusy = true;
      }
    }
  }

  count(state: string): number {
    return this.people.filter(({ talk }) => talk.state === state).length;
  }
}

const who = fc.constantFrom(0 as const, 1 as const);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('press' as const), who, press: fc.constantFrom(...PRESSES) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(20_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'meet' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), who }) },
);

test('who is recorded sees the sign, and within 16 s nobody sees one for nothing', () => {
  let recordings = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const lesson = new Lesson();
      for (const each of steps) {
        if (each.do === 'press') lesson.press(each.who, each.press);
        else if (each.do === 'pass') lesson.pass(each.ms);
        else if (each.do === 'reload') lesson.reload(each.who);
        else lesson[each.do]();
        lesson.carry();

        recordings += lesson.count('recording');
        expect(lesson.count('recording')).toBeLessThanOrEqual(1);
        expect(lesson.count('recorded')).toBeGreaterThanOrEqual(lesson.count('recording'));
      }
      lesson.meet();
      for (let seconds = 0; seconds < 16; seconds += 1) {
        lesson.carry();
        lesson.pass(1_000);
      }
      lesson.carry();

      expect(lesson.count('recorded')).toBe(lesson.count('recording'));
      expect(lesson.count('held')).toBe(0);
    }),
    { numRuns: 2_000 },
  );
  expect(recordings).toBeGreaterThan(100);
});
