// Servers that a browser would refuse are left out: one of them must not keep the two from meeting.

import { describe, expect, test } from 'vitest';
import { receiveServers } from '../src/call/transport/ice-servers';
import { live, Story, WELCOME, waiting } from './story';

const NOBODY = { username: null, credential: null };

test('a server that tells where two are needs no name and no password', () => {
  expect(receiveServers([{ urls: ['stun:a.example', 'stuns:b.example:5349'], ...NOBODY }])).toEqual([
    { urls: ['stun:a.example', 'stuns:b.example:5349'] },
  ]);
});

test('a relay is used with both, and left out without them', () => {
  const urls = ['turn:a.example:3478?transport=udp', 'stun:a.example'];

  expect(receiveServers([{ urls, username: 'u', credential: 'c' }])).toHaveLength(1);
  expect(receiveServers([{ urls, ...NOBODY }])).toEqual([]);
  expect(receiveServers([{ urls, username: 'u', credential: null }])).toEqual([]);
});

test.each(['', 'turn:', 'http://a.example', 'stun: a.example'])('%j is no server', (url) => {
  expect(receiveServers([{ urls: [url], username: 'u', credential: 'c' }])).toEqual([]);
});

describe('the servers that help two pages meet', () => {
  test('newer ones are used, and nothing else changes', () => {
    const before = live().state;
    const story = live().get({
      type: 'ice-servers',
      iceServers: [{ urls: ['turn:a'], username: 'u', credential: 'c' }],
    });

    expect(story.effects).toEqual([
      { kind: 'use-servers', servers: [{ urls: ['turn:a'], username: 'u', credential: 'c' }] },
    ]);
    expect(story.state).toEqual(before);
  });

  test('a welcome says whether only relays may be used', () => {
    expect(waiting().state.relayOnly).toBe(false);
    expect(new Story().get({ ...WELCOME, relayOnly: true }).state.relayOnly).toBe(true);
  });
});
