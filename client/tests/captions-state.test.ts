// Before the captions are loaded there is no row.

import { expect, test } from 'vitest';
import { captionBar } from '../src/room/store/captions-state';

test('nobody has opened them', () => {
  expect(captionBar.value).toBeNull();
});
