// What a page tells of its own connection, and knows of the other's.

import { describe, expect, test } from 'vitest';
import { live, NOW } from './story';

describe('a bad connection', () => {
  test('the own one is told to the other page once, and that it is good again', () => {
    const weak = live().do({ type: 'network', own: 'weak', trouble: 'own' });

    expect(weak.state).toMatchObject({ trouble: 'own', me: { network: 'weak' } });
    expect(weak.sent()).toEqual([{ type: 'user-status', audio: true, video: true, network: 'weak' }]);
    expect(weak.do({ type: 'network', own: 'weak', trouble: 'between' }).sent()).toEqual([]);
    expect(weak.do({ type: 'network', own: 'good', trouble: null }).sent()).toEqual([
      { type: 'user-status', audio: true, video: true },
    ]);
  });

  test('the other one’s is known from their page, also from one that says nothing of it', () => {
    const status = { type: 'user-status', role: 'tutor', audio: true, video: true, hand: false } as const;
    const story = live().get({ ...status, screen: false, videoPaused: false, network: 'weak' });

    expect(story.state.peer?.network).toBe('weak');
    expect(live().state.peer?.network).toBe('good');
  });

  test('with the person their connection is gone', () => {
    const story = live().do({ type: 'network', own: 'good', trouble: 'theirs' });
    story.get({ type: 'peer-left', role: 'tutor', reason: 'connection-closed', timestamp: NOW });

    expect(story.state.trouble).toBeNull();
  });

  test('a ping is noted with the time when it came', () => {
    const story = live().get({ type: 'ping', serverTime: NOW - 30 }, NOW + 5);

    expect(story.state.ping).toEqual({ serverTime: NOW - 30, atMs: NOW + 5 });
  });
});
