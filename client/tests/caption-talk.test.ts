// The captions of two pages as messages: what waits, how often, and what a page that floods does.

import { beforeEach, expect, test, vi } from 'vitest';
import { type Caption, readCaption, writeCaption } from '../src/classroom/caption-frame';
import { CaptionTalk } from '../src/classroom/caption-talk';

const SIGN_ON = { isWanted: true, writing: 'on' } as const;
const caption = (number: number, text: string, isFinal = false): Caption => ({
  number,
  isFinal,
  language: 'es-ES',
  text,
});
const onDue = vi.fn();
let talk: CaptionTalk;

beforeEach(() => {
  onDue.mockReset();
  talk = new CaptionTalk(onDue);
});

/** Everything that is to be sent at *nowMs*, as the other page reads it. */
function sentAt(nowMs: number): readonly unknown[] {
  const sent: unknown[] = [];
  for (let message = talk.next(nowMs); message; message = talk.next(nowMs)) {
    if (!('bytes' in message)) throw new Error(`no message of captions: ${message.kind}`);
    sent.push(message.kind === 'caption' ? readCaption(message.bytes)?.text : [...message.bytes]);
  }
  return sent;
}

test('of interim captions the newest is sent, four times a second at most', () => {
  talk.say(caption(1, 'la'), 0);
  talk.say(caption(1, 'la ca'), 10);

  expect(sentAt(10)).toEqual(['la ca']);

  talk.say(caption(1, 'la casa'), 100);

  expect(sentAt(200)).toEqual([]);
  expect(sentAt(260)).toEqual(['la casa']);
});

test('a final caption waits for nothing, and comes after those before it', () => {
  talk.say(caption(1, 'uno'), 0);
  expect(sentAt(0)).toEqual(['uno']);
  talk.say(caption(1, 'Uno.', true), 1);
  talk.say(caption(2, 'dos'), 2);
  talk.say(caption(2, 'Dos.', true), 3);

  expect(sentAt(3)).toEqual(['Uno.', 'Dos.']);
});

test('without a connection the last twenty wait', () => {
  for (let number = 0; number < 100; number += 1) talk.say(caption(number, `${number}`, true), number);

  expect(sentAt(1_000)).toEqual(Array.from({ length: 20 }, (_, place) => `${place + 80}`));
});

test('what this page wants and does is told when it changes, and to each page that is new', () => {
  talk.setOwn(SIGN_ON);
  talk.setOwn({ ...SIGN_ON });

  expect(onDue).toHaveBeenCalledOnce();
  expect(sentAt(0)).toEqual([[3]]);
  expect(sentAt(0)).toEqual([]);

  talk.greet();

  expect(sentAt(0)).toEqual([[3]]);
});

test('every sign is read as it was written', () => {
  for (const isWanted of [false, true]) {
    for (const writing of ['off', 'on', 'unable', 'declined'] as const) {
      const other = new CaptionTalk(() => undefined);
      talk.setOwn({ isWanted, writing });
      talk.greet();
      const message = talk.next(0);

      expect(message && 'bytes' in message && other.receive('captioning', message.bytes, 0)).toBe(true);
      expect(other.theirs).toEqual({ isWanted, writing });
    }
  }
});

test('a state of a later version is off, and an empty sign changes nothing', () => {
  expect(talk.receive('captioning', Uint8Array.of(0b1101), 0)).toBe(true);
  expect(talk.theirs).toEqual({ isWanted: true, writing: 'off' });
  expect(talk.receive('captioning', new Uint8Array(), 0)).toBe(false);
  expect(talk.theirs).toEqual({ isWanted: true, writing: 'off' });
});

test('both people’s words are in the log', () => {
  talk.say(caption(1, 'Hello.', true), 5);
  talk.receive('caption', writeCaption(caption(1, 'Hola.', true)), 6);

  expect(talk.log.lines.map(({ isOwn, text, atMs }) => [isOwn, text, atMs])).toEqual([
    [true, 'Hello.', 5],
    [false, 'Hola.', 6],
  ]);
});

test('a caption of ten thousand characters is cut, and told once', () => {
  const onChange = vi.fn(() => talk.hasDropped);
  talk.onChange = onChange;
  for (const number of [1, 2]) {
    expect(talk.receive('caption', writeCaption(caption(number, 'x'.repeat(10_000), true)), number)).toBe(
      true,
    );
  }

  expect(talk.log.lines.map(({ text }) => text.length)).toEqual([500, 500]);
  expect(talk.hasDropped).toBe(true);
});

test('ten thousand captions a second are dropped at the bound, and those after them come', () => {
  for (let number = 0; number < 10_000; number += 1) {
    talk.receive('caption', writeCaption(caption(number, `${number}`, true)), number / 10);
  }

  expect(talk.log.lines.length).toBeLessThan(80);
  expect(talk.hasDropped).toBe(true);

  talk.receive('caption', writeCaption(caption(1, 'after', true)), 20_000);

  expect(talk.log.lines.slice(-1)[0]?.text).toBe('after');
});

test('rubbish is no caption, and changes nothing', () => {
  expect(talk.receive('caption', Uint8Array.of(1, 2), 0)).toBe(false);
  expect(talk.log.count).toBe(0);
});
