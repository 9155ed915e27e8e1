import { expect, test } from 'vitest';
import { makeJoin, makeLobbyJoin } from '../src/call/handshake';
import { readLink } from '../src/call/link';

const LINK = readLink('https://call.example/?room=s-1&role=tutor&language=es#token=a.b.c');
const ME = {
  role: 'tutor',
  address: '',
  name: null,
  audio: true,
  video: true,
  hand: false,
  screen: false,
} as const;

test('the first frame in the lobby says what the link says, and no more', () => {
  expect(makeLobbyJoin(LINK, 'page-1')).toEqual({
    type: 'look',
    page: 'page-1',
    role: 'tutor',
    language: 'es',
    token: 'a.b.c',
  });
});

test('a development link that hides an address says so in the first frame', () => {
  const link = readLink('http://localhost/?room=s-1&role=tutor&relay=1');

  expect(makeLobbyJoin(link, 'page-1')).toMatchObject({ relay: true });
});

test('a join leaves out everything that has its default', () => {
  const first = makeJoin(LINK, 'page-1', ME, { resume: null, takeover: false });

  expect(first).toEqual({ ...makeLobbyJoin(LINK, 'page-1'), type: 'join' });
});

test('a join says what is off, what is up, and which seat it takes back', () => {
  const me = { ...ME, audio: false, hand: true };

  expect(makeJoin(LINK, 'page-1', me, { resume: 'r-1', takeover: true })).toMatchObject({
    resume: 'r-1',
    takeover: true,
    audio: false,
    hand: true,
  });
});
