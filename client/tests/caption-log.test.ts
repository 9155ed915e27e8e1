// What is kept of what was said: final lines of both, and what each is saying.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caption } from '../src/classroom/caption-frame';
import { type CaptionLog, EMPTY_LOG, LINES_MAX, receiveCaption } from '../src/classroom/caption-log';

function say(
  log: CaptionLog,
  number: number,
  text: string,
  { isFinal = false, isOwn = false } = {},
): CaptionLog {
  return receiveCaption(log, isOwn, { number, isFinal, language: 'es', text }, 1_000);
}

const textsOf = ({ lines }: CaptionLog) => lines.map(({ text }) => text);

test('an interim caption is replaced by the next of its number, and by its final one', () => {
  const first = say(EMPTY_LOG, 1, 'la');
  const second = say(first, 1, 'la casa');
  const done = say(second, 1, 'La casa.', { isFinal: true });

  expect([first.theirs?.text, second.theirs?.text, done.theirs]).toEqual(['la', 'la casa', null]);
  expect([textsOf(second), textsOf(done)]).toEqual([[], ['La casa.']]);
  expect(done.lines[0]).toEqual({ isOwn: false, language: 'es', text: 'La casa.', atMs: 1_000, key: 0 });
});

test('both speak at once, and neither takes the other’s words away', () => {
  const both = say(say(EMPTY_LOG, 1, 'hola'), 1, 'hello', { isOwn: true });
  const done = say(both, 1, 'Hello.', { isOwn: true, isFinal: true });

  expect([done.theirs?.text, done.own]).toEqual(['hola', null]);
  expect(done.lines.map(({ isOwn, text }) => [isOwn, text])).toEqual([[true, 'Hello.']]);
});

test('an interim caption whose end never came stays as a line', () => {
  const log = say(say(EMPTY_LOG, 1, 'hasta aquí'), 2, 'y ahora');

  expect([textsOf(log), log.theirs?.text]).toEqual([['hasta aquí'], 'y ahora']);
});

test('an empty final caption takes the interim one away', () => {
  const log = say(say(EMPTY_LOG, 1, 'eh'), 1, '', { isFinal: true });

  expect([textsOf(log), log.theirs]).toEqual([[], null]);
});

test('the oldest lines go at the bound, and no key comes twice', () => {
  let log = EMPTY_LOG;
  for (let number = 0; number < LINES_MAX + 5; number += 1) {
    log = say(log, number, `line ${number}`, { isFinal: true });
  }

  expect(log.lines).toHaveLength(LINES_MAX);
  expect([log.lines[0]?.text, log.count]).toEqual(['line 5', LINES_MAX + 5]);
  expect(new Set(log.lines.map(({ key }) => key)).size).toBe(LINES_MAX);
});

test('whatever comes, every final text that is none but empty is a line, in its order', () => {
  const anyCaption: fc.Arbitrary<Caption & { isOwn: boolean }> = fc.record({
    number: fc.nat(3),
    isFinal: fc.boolean(),
    language: fc.constant(''),
    text: fc.string({ maxLength: 5 }),
    isOwn: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyCaption), (captions) => {
      const log = captions.reduce(
        (before, { isOwn, ...caption }) => receiveCaption(before, isOwn, caption, 0),
        EMPTY_LOG,
      );
      const finals = captions.filter(({ isFinal, text }) => isFinal && text !== '').map(({ text }) => text);
      let at = 0;
      for (const { text } of log.lines) if (text === finals[at]) at += 1;

      expect(at).toBe(finals.length);
    }),
  );
});
