// Characters as the service counts them, and which lines are nothing but emoji.

import { expect, test } from 'vitest';
import { countCharacters, isEmojiOnly, makeWellFormed } from '../src/room/chat/characters';

test.each([
  ['', 0],
  ['Hola', 4],
  ['ñ', 1],
  ['👋', 1],
  ['👋🏽', 2],
  ['👩‍👩‍👧', 5],
  ['日本語', 3],
  ['𝒳', 1],
  ['\ud83d', 1],
])('%j has %i characters, as Python counts them', (text, count) => {
  expect(countCharacters(text)).toBe(count);
});

test.each([
  ['a\ud83db', 'a\ufffdb'],
  ['\udc4b\ud83d', '\ufffd\ufffd'],
  ['👋 Hola', '👋 Hola'],
])('%j is sent as something that UTF-8 can carry', (text, whole) => {
  expect(makeWellFormed(text)).toBe(whole);
});

test.each(['👋', '👋🏽', '👍👍', '❤️', '🎉 🎉 🎉', '👩‍👩‍👧', '🇪🇸', '🇪🇸🇫🇷', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '✅', '⏰'])(
  '%s is an emoji alone',
  (text) => {
    expect(isEmojiOnly(text)).toBe(true);
  },
);

test.each(['', ' ', 'Hola 👋', '12', '→', '👋👋👋👋', '#', '\ufe0f', '🇪🇸🇫🇷🇩🇪🇮🇹', '。'])(
  '%j is a line like others',
  (text) => {
    expect(isEmojiOnly(text)).toBe(false);
  },
);
