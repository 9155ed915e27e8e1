// What is asked of a browser's recogniser, and what follows from what it says.

import { describe, expect, test } from 'vitest';
import {
  chooseWay,
  decideAgain,
  FIRST_RUN,
  mayAsk,
  readResults,
  tagsOf,
} from '../src/classroom/recogniser-rules';
import { LANGUAGES } from '../src/i18n/languages';

describe('tags', () => {
  test('the person’s own country comes first', () => {
    expect(tagsOf('en', ['de-DE', 'en-GB', 'en'])).toEqual(['en-GB', 'en-US']);
    expect(tagsOf('en', ['en-US'])).toEqual(['en-US']);
  });

  test('each language of a lesson has a country; another is asked for as it is', () => {
    for (const { code } of LANGUAGES) expect(tagsOf(code, [])[0]).toMatch(/^[a-z]{2,3}(-Hans)?-[A-Z]{2}$/);
    for (const code of ['eu', 'constructor', '__proto__']) expect(tagsOf(code, [])).toEqual([code]);
  });
});

describe('the way', () => {
  test.each([
    [
      'what is here before what could be',
      [
        ['a', 'downloadable'],
        ['b', 'available'],
      ],
      { way: 'device', tag: 'b' },
    ],
    [
      'a download before a service',
      [
        ['a', 'downloadable'],
        ['b', 'unavailable'],
      ],
      { way: 'download', tag: 'a' },
    ],
    ['what is under way is a download', [['a', 'downloading']], { way: 'download', tag: 'a' }],
    [
      'a service where nothing is here',
      [
        ['a', 'unavailable'],
        ['b', 'unavailable'],
      ],
      { way: 'service', tag: 'b' },
    ],
    ['a service where the browser cannot be asked', [['a', 'unasked']], { way: 'service', tag: 'a' }],
    ['a word of a later browser is no way on the device', [['a', 'maybe']], { way: 'service', tag: 'a' }],
    ['nothing where nothing was asked', [], null],
  ] as const)('%s', (_, answers, found) => {
    expect(chooseWay(answers as Parameters<typeof chooseWay>[0])).toEqual(found);
  });
});

test.each([
  ['Chrome', ['Not;A=Brand', 'Chromium', 'Google Chrome'], true],
  ['Electron', ['Not;A=Brand', 'Chromium'], false],
  ['a WebView', ['Chromium', 'Android WebView'], false],
  ['a headless shell', ['HeadlessChrome', 'Chromium'], false],
  ['Firefox or Safari', null, true],
])('a page that %s shows may ask what is on the device: its brands are %j', (_, brands, may) => {
  expect(mayAsk(brands)).toBe(may);
});

describe('after the end', () => {
  const end = { ranMs: 100, hasHeard: false, error: null };

  test('a recogniser that has worked begins again at once, however often', () => {
    for (const worked of [
      { ...end, hasHeard: true },
      { ...end, ranMs: 60_000 },
      { ...end, error: 'no-speech' },
      { ...end, hasHeard: true, error: 'network' },
    ]) {
      expect(decideAgain({ failures: 5 }, worked)).toEqual({ run: FIRST_RUN, waitMs: 250 });
    }
  });

  test('one that ends at once waits twice as long each time, and is given up', () => {
    const waits: number[] = [];
    for (let next = decideAgain(FIRST_RUN, end); next; next = decideAgain(next.run, end)) {
      waits.push(next.waitMs);
    }

    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  test('a network that is away is a failure, however long it took to notice', () => {
    expect(decideAgain({ failures: 5 }, { ...end, ranMs: 30_000, error: 'network' })).toBeNull();
  });

  test.each(['not-allowed', 'service-not-allowed', 'language-not-supported'])(
    '%s is given up at once',
    (error) => {
      expect(decideAgain(FIRST_RUN, { ...end, hasHeard: true, error })).toBeNull();
    },
  );
});

describe('results', () => {
  const is = (text: string, isFinal = false) => ({ text, isFinal });

  test('each final one counts once, and what is behind them is still being said', () => {
    const first = readResults([is('hola', true), is('qué'), is('tal')], 0);
    const second = readResults([is('hola', true), is('qué tal', true), is('bien')], first.finalCount);

    expect(first).toEqual({ finals: ['hola'], interim: 'qué tal', finalCount: 1 });
    expect(second).toEqual({ finals: ['qué tal'], interim: 'bien', finalCount: 2 });
  });

  test('a final one behind one that is not waits for it', () => {
    expect(readResults([is('a'), is('b', true)], 0)).toEqual({ finals: [], interim: 'a b', finalCount: 0 });
  });
});
