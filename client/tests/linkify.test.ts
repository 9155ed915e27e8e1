// Links in a line of chat: what is one, where it ends, what it shows; and over random lines, that nothing is lost.

import { describe, expect, test } from 'vitest';
import { linkify } from '../src/room/chat/linkify';

/** Write the tokens of *line* in one string, each link in ⟦⟧. */
function mark(line: string): string {
  return linkify(line)
    .map((token) => (token.kind === 'link' ? `⟦${token.text}⟧` : token.text))
    .join('');
}

function linkOf(line: string) {
  const [link, ...others] = linkify(line).filter((token) => token.kind === 'link');
  expect(others).toEqual([]);
  return link;
}

describe('a link', () => {
  test.each([
    ['https://example.com', '⟦https://example.com⟧'],
    ['http://localhost:3000/?a=1#b', '⟦http://localhost:3000/?a=1#b⟧'],
    ['HTTPS://Example.COM/Path', '⟦HTTPS://Example.COM/Path⟧'],
    ['www.example.com', '⟦www.example.com⟧'],
    ['two: https://a.de/x and http://b.de/y', 'two: ⟦https://a.de/x⟧ and ⟦http://b.de/y⟧'],
    ['first\nhttps://a.de\nlast', 'first\n⟦https://a.de⟧\nlast'],
    ['https://[::1]:8080/x', '⟦https://[::1]:8080/x⟧'],
  ])('is found in %j', (line, marked) => {
    expect(mark(line)).toBe(marked);
  });

  test.each([
    ['See https://a.de.', 'See ⟦https://a.de⟧.'],
    ['https://a.de/x, then', '⟦https://a.de/x⟧, then'],
    ['Really https://a.de/x?!', 'Really ⟦https://a.de/x⟧?!'],
    ['https://a.de/x?y=1', '⟦https://a.de/x?y=1⟧'],
    ['(https://a.de/x)', '(⟦https://a.de/x⟧)'],
    ['(see https://a.de/x).', '(see ⟦https://a.de/x⟧).'],
    ['https://de.wikipedia.org/wiki/Ser_(verbo)', '⟦https://de.wikipedia.org/wiki/Ser_(verbo)⟧'],
    ['(https://de.wikipedia.org/wiki/Ser_(verbo))', '(⟦https://de.wikipedia.org/wiki/Ser_(verbo)⟧)'],
    ['[https://a.de/x]', '[⟦https://a.de/x⟧]'],
    ['"https://a.de/x"', '"⟦https://a.de/x⟧"'],
    ['“https://a.de/x”', '“⟦https://a.de/x⟧”'],
    ['«https://a.de/x»', '«⟦https://a.de/x⟧»'],
    ['<https://a.de/x>', '<⟦https://a.de/x⟧>'],
    ['https://a.de/x…', '⟦https://a.de/x⟧…'],
    ['看https://a.de/x。好', '看⟦https://a.de/x⟧。好'],
    ['「https://a.de/x」', '「⟦https://a.de/x⟧」'],
    ['（https://a.de/x）', '（⟦https://a.de/x⟧）'],
    ['انظر https://a.de/x، ثم', 'انظر ⟦https://a.de/x⟧، ثم'],
  ])('ends where the sentence goes on: %j', (line, marked) => {
    expect(mark(line)).toBe(marked);
  });

  test('without a scheme goes to https', () => {
    expect(linkOf('www.example.com/x')?.href).toBe('https://www.example.com/x');
  });

  test('keeps letters of other scripts in its path as they were written', () => {
    const link = linkOf('https://ja.wikipedia.org/wiki/日本語');

    expect(link?.shown).toBe('https://ja.wikipedia.org/wiki/日本語');
    expect(link?.href).toBe('https://ja.wikipedia.org/wiki/%E6%97%A5%E6%9C%AC%E8%AA%9E');
  });
});

describe('no link', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)//https:',
    'javascript:https://a.de/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:https://a.de',
    'vbscript:msgbox',
    'file:///etc/passwd',
    'ftp://a.de/x',
    'blob:https://a.de/1',
    'view-source:https://a.de',
    'mailto:ana@example.com',
    'xhttps://a.de',
    'ana@www.example.com',
    'https://',
    'http://?',
    'https://.',
    'https:///',
    'www.',
    'www.example',
    'www...de',
    'https://a.de:99999/',
    'example.com',
    'https://paypal.com@evil.example/',
    'https://user:secret@evil.example/',
    `https://a.de/${'x'.repeat(2_048)}`,
    '',
    ' ',
  ])('is made of %j', (line) => {
    expect(linkify(line).filter(({ kind }) => kind === 'link')).toEqual([]);
    expect(mark(line)).toBe(line);
  });
});

describe('the host that is shown is the host one goes to', () => {
  test.each([
    ['https://аррӏе.com/login', 'https://xn--80ak6aa92e.com/login'],
    ['https://bücher.example/?q=1', 'https://xn--bcher-kva.example/?q=1'],
    ['https://ｅｘａｍｐｌｅ.com', 'https://example.com'],
    ['https://%65vil.example/x', 'https://evil.example/x'],
    ['https://example.com?x', 'https://example.com?x'],
    ['http://2130706433/x', 'http://127.0.0.1/x'],
    ['www.bücher.example', 'www.xn--bcher-kva.example'],
  ])('%j', (line, shown) => {
    expect(linkOf(line)?.shown).toBe(shown);
  });

  test.each(['\u202e', '\u2066', '\u200b', '\u200f', '\u00ad', '\u3164'])(
    'and U+%j, which turns or hides what is shown, is no part of a link',
    (character) => {
      expect(linkOf(`https://a.de/${character}gpj.exe`)?.text).toBe('https://a.de/');
    },
  );
});

describe('over random lines', () => {
  const PARTS = [
    ...[
      'https://',
      'http://',
      'www.',
      'javascript:',
      'data:',
      'a.de',
      'аррӏе',
      '日本',
      'مرحبا',
      '👋🏽',
      '\ud83d',
    ],
    ...[
      '/',
      '?',
      '#',
      '@',
      ':',
      '.',
      ',',
      '(',
      ')',
      '[',
      ']',
      '<',
      '>',
      '"',
      "'",
      '&',
      ';',
      '%',
      '\\',
      '\u202e',
    ],
    ...[' ', '\n', '\t', 'x', '1', '-', '_', '…', '。', '）'],
  ];

  test('the tokens joined are the line, links are http or https, and two texts never touch', () => {
    const random = makeRandom(20_261_122);
    for (let round = 0; round < 20_000; round += 1) {
      const line = Array.from({ length: 1 + random(24) }, () => PARTS[random(PARTS.length)]).join('');

      const tokens = linkify(line);

      expect(tokens.map(({ text }) => text).join('')).toBe(line);
      tokens.forEach((token, place) => {
        expect(token.text).not.toBe('');
        if (token.kind === 'text') {
          expect(tokens[place + 1]?.kind).not.toBe('text');
          return;
        }
        const { protocol, username, password, host } = new URL(token.href);
        expect(['http:', 'https:']).toContain(protocol);
        expect(username + password).toBe('');
        expect(token.shown.toLowerCase()).toContain(host);
        expect(token.text).not.toMatch(/[\s<>"\u202a-\u202e\u2066-\u2069]/);
      });
    }
  });

  test('the hardest lines the service takes are read all the same', () => {
    const hard = [
      '('.repeat(4_000),
      `https://a.de/${')'.repeat(3_900)}`,
      'www.'.repeat(1_000),
      'http://'.repeat(570),
    ];

    for (const line of hard) expect(mark(line).replace(/[⟦⟧]/g, '')).toBe(line);
  });
});

/** A small generator (Lehmer, MINSTD): the same numbers in every run. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
