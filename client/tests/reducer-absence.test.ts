// The reducer, where the other one leaves while this page has no socket: the parent hears of it, once.

import { expect, test } from 'vitest';
import { live, NOW, WELCOME } from './story';

test('r31: the parent hears of who left while this page had no socket, once, when the picture stops', () => {
  const story = live().get(WELCOME);

  expect(story.told()).not.toContain('user-disconnected');
  expect(story.do({ type: 'link', state: 'reconnecting' }).told()).toContain('user-disconnected');
  expect(story.get(WELCOME).told()).not.toContain('user-disconnected');
});

test('r31: and at once, if the picture had stopped before', () => {
  const story = live().do({ type: 'link', state: 'reconnecting' });

  expect(story.get(WELCOME).told()).toContain('user-disconnected');
});

test('r31: and not again, if a peer-left said it before', () => {
  const left = { type: 'peer-left', role: 'tutor', reason: 'connection-lost', timestamp: NOW } as const;
  const story = live().get(left);

  expect(story.told()).toContain('user-disconnected');
  expect(story.get(WELCOME).told()).not.toContain('user-disconnected');
  expect(story.do({ type: 'link', state: 'reconnecting' }).told()).not.toContain('user-disconnected');
});
