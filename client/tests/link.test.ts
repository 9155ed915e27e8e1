import { expect, test } from 'vitest';
import { readLink } from '../src/call/link';

test('r5: the socket is at the page’s own host, secure exactly when the page is', () => {
  const query = '?room=a%20b%26c&role=student';

  expect(readLink(`http://localhost:3000/${query}`).socketUrl).toBe('ws://localhost:3000/?room=a%20b%26c');
  expect(readLink(`https://call.example/${query}`).socketUrl).toBe('wss://call.example/?room=a%20b%26c');
});

test('r5: below a path the socket is there, too', () => {
  const page = 'https://platform.example/call/?room=r&role=student#token=a.b.c';

  expect(readLink(page).socketUrl).toBe('wss://platform.example/call/?room=r');
});

test('r1: all five parameters are read, the token from the fragment', () => {
  const link = readLink(
    'https://h/?room=r&role=tutor&address=0xAb&language=fr&sessionStart=1698234567890#token=a.b.c',
  );

  expect(link).toMatchObject({
    room: 'r',
    role: 'tutor',
    address: '0xAb',
    language: 'fr',
    sessionStart: 1698234567890,
    token: 'a.b.c',
  });
});

test('what a development link leaves out is left to the service', () => {
  const link = readLink('http://localhost/?room=r&role=student');

  expect(link).toMatchObject({
    address: null,
    language: null,
    sessionStart: null,
    token: null,
    isDebug: false,
    relayOnly: false,
  });
});

test('a development link may hide its person’s address', () => {
  expect(readLink('http://localhost/?room=r&role=student&relay=1').relayOnly).toBe(true);
});

test.each([
  '#token=ey.b-_.c',
  '#token=ey.b-_.c.',
  '#token=ey.b-_.c)',
  '#token=ey.b-_.c%3E',
  '#token=ey.b-_.c&gt;',
  '#token=ey.b-_.c”',
  '#token=ey.b-_.c…',
  '#token=ey.b-_.c&fbclid=x',
  '#token=ey.b-_.c?utm_source=x',
  '#token%3Dey.b-_.c',
  '#token=3Dey.b-_.c',
  '#look=ey&amp;token=ey.b-_.c',
])('a token that a mail or chat program dressed up is read as it was: %s', (hash) => {
  expect(readLink(`https://h/?room=r&role=tutor${hash}`).token).toBe('ey.b-_.c');
});
