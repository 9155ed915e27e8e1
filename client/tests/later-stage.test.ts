// What of the stage is loaded after the first picture.

import type { VNode } from 'preact';
import { expect, test } from 'vitest';
import { listeningSign, moveHandle, reactions, screens } from '../src/room/stage/later-stage';
import { bringLater, type LaterParts } from '../src/room/store/later-parts';

test('nothing of it is there at first, and then each in its place, with what it is given', async () => {
  const part = (name: string) => Object.assign(() => null, { displayName: name });
  const [ListeningSign, MoveHandle, Reactions, Screens] = ['a', 'b', 'c', 'd'].map(part);
  bringLater(async () => ({ ListeningSign, MoveHandle, Reactions, Screens }) as unknown as LaterParts);
  const look = () =>
    [listeningSign, moveHandle, screens].map(({ View }) => ((View as () => VNode)() as VNode).type);
  const before = look();
  reactions.load();
  await new Promise((done) => setTimeout(done, 0));

  expect(before).not.toContain(ListeningSign);
  expect(look()).toEqual([ListeningSign, MoveHandle, Screens]);
  expect((reactions.View as (props: object) => VNode)({ of: 'student' })).toMatchObject({
    type: Reactions,
    props: { of: 'student' },
  });
});
