// Every English phrase comes with the page that says it: with the call's own, with the lobby's, or later.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isIn } from '../src/i18n/word-split';

const ENGLISH = resolve(import.meta.dirname, '../src/i18n/en.json');
const KEYS = Object.keys(JSON.parse(readFileSync(ENGLISH, 'utf8')) as object);

test('a phrase is said at once or later, never both and never neither', () => {
  expect(KEYS.filter((key) => isIn('soon', key) === isIn('later', key))).toEqual([]);
});

test('what the lobby says is no part of the call’s page, and modules that both load can say it', () => {
  const ofLobby = KEYS.filter((key) => isIn('lobby', key));

  expect(ofLobby).toContain('lobby.title');
  expect(ofLobby.filter((key) => isIn('soon', key) || !isIn('later', key))).toEqual([]);
});

test.each([
  ['control.microphone', 'soon'],
  ['chat.failed', 'soon'],
  ['chat.send', 'later'],
  ['problem.gone.title', 'soon'],
  ['problem.gone.text', 'later'],
] as const)('%s comes %s', (key, part) => {
  expect(isIn(part, key)).toBe(true);
});
