import { expect, test } from 'vitest';
import { parseLayoutChoice } from '../src/room/stage/layout-choice';

test('a kept choice is read, and an unreadable one is the default', () => {
  expect(parseLayoutChoice('{"layout":"side","corner":"top-start"}')).toEqual({
    layout: 'side',
    corner: 'top-start',
  });
  for (const text of [null, '', '{', '7', '{"layout":"cinema","corner":5}']) {
    expect(parseLayoutChoice(text)).toEqual({ layout: 'speaker', corner: 'bottom-end' });
  }
});
