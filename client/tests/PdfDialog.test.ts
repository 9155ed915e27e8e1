// What opens a PDF is loaded with the first one, and its library with nothing but its worker.

import { expect, test } from 'vitest';
import { findImports, findLoadedWith } from './source-tree';

test('the board does not bring it', () => {
  const loaded = findLoadedWith('room/classroom/Board.tsx');

  for (const part of ['room/classroom/PdfDialog.tsx', 'classroom/pdf-file.ts', 'classroom/pdf-worker.ts'])
    expect(loaded).not.toContain(part);
});

test('the worker is named in one place, by its address', () => {
  const importers = findImports().flatMap(([from, to]) => (to === 'classroom/pdf-worker.ts' ? [from] : []));

  expect(importers).toEqual(['classroom/pdf-file.ts']);
});
