// Where the caret of a field goes when the other person writes in it.

import { expect, test } from 'vitest';
import { placesAfter } from '../src/room/classroom/SharedField';

test.each([
  ['before the caret, it moves along', 'gato', 'el gato', [2, 2], [5, 5]],
  ['behind the caret, it stays', 'gato', 'gato negro', [2, 2], [2, 2]],
  ['at the caret, it stays: what comes is behind it', 'gato', 'gatos', [4, 4], [4, 4]],
  ['inside what is selected, the selection grows', 'abcd', 'abXcd', [1, 3], [1, 4]],
  ['by taking away what is around the caret, it goes there', 'abcd', 'ad', [2, 2], [1, 1]],
])('when they write %s', (_what, before, after, [selectionStart = 0, selectionEnd = 0], places) => {
  expect(placesAfter({ selectionStart, selectionEnd }, before, after)).toEqual(places);
});
