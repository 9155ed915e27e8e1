// What a call loads once its first picture is there: it stays out of the page's first script.

import { expect, test } from 'vitest';
import * as watching from '../src/call/watching';
import { findImports, findLoadedWith } from './source-tree';

test('nothing of it comes with the page’s first script', () => {
  const brought = findImports().flatMap(([from, to]) => (from === 'call/watching.ts' ? [to] : []));
  const loaded = findLoadedWith('room/boot.ts');

  expect(loaded).toContain('call/call-media.ts');
  expect(brought.filter((part) => loaded.has(part))).toEqual([]);
});

test('it brings the watch and the rules of sending', () => {
  expect(Object.keys(watching).sort()).toEqual(['CallWatch', 'SendingRules']);
});
