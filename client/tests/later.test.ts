// What follows the call's page by itself: it stays out of what the first picture waits for.

import { expect, test } from 'vitest';
import { findImports, findLoadedWith } from './source-tree';

const BROUGHT = findImports().flatMap(([from, to]) => (from === 'room/later.ts' ? [to] : []));

test.each(['room/boot.ts', 'room/main.tsx', 'room/lobby/main.tsx'])(
  'nothing of it comes with %s',
  (entry) => {
    const loaded = findLoadedWith(entry);

    expect(loaded.size).toBeGreaterThan(10);
    expect(BROUGHT.length).toBeGreaterThan(8);
    expect(BROUGHT.filter((part) => loaded.has(part))).toEqual([]);
  },
);
