// Every module has a test of its own name, or stands in the list of those that have none yet. The list only shrinks.

import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listModules, nameOf } from './source-tree';

/** Modules without a test in Node; most of them are shown by real browsers (tests/browser). */
const UNTESTED = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'untested.json'), 'utf8'),
) as readonly string[];

/** How long the list was when it was begun. Whoever shortens it lowers this; nobody raises it. */
const UNTESTED_MAX = 104;

const tests = new Set(readdirSync(import.meta.dirname).map((file) => file.replace(/\.test\.ts$/, '')));
const modules = listModules().filter((file) => posix.basename(file) !== 'main.tsx');

test('a module has a test of its name or stands in the list', () => {
  const untested = modules.filter((file) => !tests.has(nameOf(file)));

  expect(untested.filter((file) => !UNTESTED.includes(file))).toEqual([]);
});

test('the list names modules that exist and have no test, and has not grown', () => {
  const stale = UNTESTED.filter((file) => !modules.includes(file) || tests.has(nameOf(file)));

  expect(stale).toEqual([]);
  expect(UNTESTED.length).toBeLessThanOrEqual(UNTESTED_MAX);
});
