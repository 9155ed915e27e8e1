// When the blur looks for the person less often, and when it ends.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlurPace, type Judgement } from '../src/retouch/blur-pace';

/** Frames that come every *everyMs* and take *spentMs*, for *forMs*; the judgements that are news. */
function watch(pace: BlurPace, everyMs: number, spentMs: number, forMs: number): Judgement[] {
  const news: Judgement[] = [];
  for (let at = 0; at < forMs; at += Math.max(everyMs, spentMs)) {
    const judgement = pace.judge(at, at + spentMs);
    if (judgement !== 'fine') news.push(judgement);
  }
  return news;
}

test.each([
  ['a fast device', 33, 10, []],
  ['a busy one that keeps pace', 33, 26, []],
  ['one that spends all of its time', 33, 33, ['eased', 'eased', 'slow']],
  ['one that is far too slow', 33, 400, ['eased', 'eased', 'slow']],
  ['a camera in the dark, of ten frames a second', 100, 40, []],
] as const)('%s: %i ms apart, %i ms each', (_name, everyMs, spentMs, news) => {
  expect(watch(new BlurPace(), everyMs, spentMs, 7_000)).toEqual(news);
});

test('one frame that hangs for seconds is news, and is not the end', () => {
  const pace = new BlurPace();

  expect(pace.judge(0, 9_000)).toBe('eased');
  expect(watch(pace, 33, 5, 20_000)).toEqual([]);
});

test('a camera that rested has not been slow', () => {
  const pace = new BlurPace();
  pace.judge(0, 32);

  expect(pace.judge(60_000, 60_032)).toBe('fine');
});

test('the person is looked for in each frame, then in each second and third, and less is drawn', () => {
  const pace = new BlurPace();
  const looks = (frames: number) =>
    Array.from({ length: frames }, (_, at) => {
      const { isDue } = pace;
      pace.judge(at, at);
      return isDue;
    }).filter(Boolean).length;

  expect([looks(6), pace.widthMax]).toEqual([6, 1_280]);

  pace.judge(0, 9_000);

  expect([looks(6), pace.widthMax]).toEqual([3, 960]);

  pace.judge(0, 9_000);

  expect([looks(6), pace.widthMax]).toEqual([2, 640]);
});

const FRAMES = fc.array(fc.record({ restMs: fc.nat(200), spentMs: fc.nat(600) }), { maxLength: 400 });

test('whatever comes, it eases twice at most before it ends', () => {
  fc.assert(
    fc.property(FRAMES, (frames) => {
      const pace = new BlurPace();
      let at = 0;
      const news = frames
        .map(({ restMs, spentMs }) => {
          at += restMs + spentMs;
          return pace.judge(at - spentMs, at);
        })
        .filter((judgement) => judgement !== 'fine');
      expect(news.slice(0, 3)).toEqual(['eased', 'eased', 'slow'].slice(0, news.length));
    }),
  );
});

test('who never spends more than half of the time is never told anything', () => {
  fc.assert(
    fc.property(FRAMES, (frames) => {
      const pace = new BlurPace();
      let at = 0;
      for (const { restMs, spentMs } of frames) {
        at += restMs + spentMs;
        expect(pace.judge(at, at + spentMs)).toBe('fine');
        at += spentMs;
      }
    }),
  );
});
