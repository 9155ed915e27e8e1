import { expect, test } from 'vitest';
import { parseLayoutChoice } from '../src/room/stage/layout-choice';

test('what was kept is read, and what cannot be is as at the beginning', () => {
  expect(parseLayoutChoice('{"layout":"side","corner":"top-start"}')).toEqual({
    layout: 'side',
    corner: 'top-start',
  });
  for (const text of [null, '', '{', '7', '{"layout":"cinema","corner":5}']) {
    expect(parseLayoutChoice(text)).toEqual({ layout: 'speaker', corner: 'bottom-end' });
  }
});
