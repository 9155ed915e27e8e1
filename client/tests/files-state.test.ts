// Before the first file there is nothing to see of files, and nothing to do.

import { expect, test } from 'vitest';
import { chosenFiles, fileActions, fileParts, fileProblem, shownFiles } from '../src/room/store/files-state';

test('nothing is there before it is loaded', () => {
  expect([fileActions.value, fileParts.value, fileProblem.value]).toEqual([null, null, null]);
  expect([chosenFiles.value, shownFiles.value]).toEqual([[], []]);
});
