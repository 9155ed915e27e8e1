// How a line of chat is cleaned or refused: the cases that both languages share, and those of a paste.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isLong, isVisible, receiveLine, withoutControls } from '../src/room/chat/visible';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly shown?: string;
  readonly refused?: string;
}

const file = resolve(import.meta.dirname, '../../wire/text/lines.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

test.each(cases)('$name', ({ text, shown, refused }) => {
  expect(receiveLine(text)).toEqual(refused === undefined ? { shown } : { refused });
});

test.each(cases.filter(({ shown }) => shown !== undefined))('$name: shown again it is the same', (each) => {
  expect(receiveLine(each.shown ?? '')).toEqual({ shown: each.shown });
});

test('what a paste brings along is left out, and the line breaks of other programs are kept', () => {
  expect(withoutControls('a\u001b[2J\u0000b\u000bc\u0085d\te\r\nf')).toBe('a[2Jb\nc\nd\te\nf');
});

test('no character that the page lets through is refused by the service as a control', () => {
  for (let code = 0; code < 0x100; code += 1) {
    const line = receiveLine(withoutControls(`a${String.fromCharCode(code)}b`));
    expect(line).toHaveProperty('shown');
  }
});

test('one letter among blanks is enough to see something', () => {
  expect(isVisible('\u200b\u3164 \n')).toBe(false);
  expect(isVisible('\u200b\u3164 \nx')).toBe(true);
});

test('a line is long by its line breaks or its letters', () => {
  expect(isLong('a\n'.repeat(11))).toBe(false);
  expect(isLong('a\n'.repeat(12))).toBe(true);
  expect(isLong('a'.repeat(900))).toBe(false);
  expect(isLong('a'.repeat(901))).toBe(true);
});
