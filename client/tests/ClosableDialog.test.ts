// The frame of the windows over the page: everyone that can be closed has it.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listModules, SRC } from './source-tree';

test('no module but the two frames makes a dialog', () => {
  const makers = listModules().filter((file) => readFileSync(resolve(SRC, file), 'utf8').includes('<dialog'));

  expect(makers).toEqual(['ui/ClosableDialog.tsx', 'ui/Dialog.tsx']);
});
