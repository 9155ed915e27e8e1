// What is loaded with the first file draws both: what was chosen, and what is in the list.

import { expect, test } from 'vitest';
import * as parts from '../src/room/chat/file-parts';

test('both parts come in one file', () => {
  expect(Object.keys(parts).sort()).toEqual(['ChosenFiles', 'FileLine']);
});
