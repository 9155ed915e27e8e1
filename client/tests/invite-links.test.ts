// The links that a waiting page offers: the own one, and in development the tutor's.

import { describe, expect, test } from 'vitest';
import { ownLink, tutorLink, type Waiting } from '../src/room/embedding/invite-links';

const HERE = 'https://call.example/?room=s%201&role=student&address=0xA&language=es&sessionStart=5';

const development: Waiting = {
  href: HERE,
  role: 'student',
  hasToken: false,
  isEmbedded: false,
  session: { id: 's 1', start: 5, language: 'es' },
};
const production: Waiting = { ...development, href: `${HERE}#token=secret`, hasToken: true };

describe('the own link', () => {
  test('is the page’s, whole', () => {
    expect(ownLink(production)).toBe(production.href);
  });

  test('is the platform’s to give where the page stands in its page', () => {
    expect(ownLink({ ...production, isEmbedded: true })).toBeNull();
  });
});

describe('r3: the tutor’s link', () => {
  test('is made by the platform alone where links have tokens', () => {
    expect(tutorLink(production)).toBeNull();
  });

  test('is never made for a tutor', () => {
    expect(tutorLink({ ...development, role: 'tutor' })).toBeNull();
  });

  test('leads into the same session from the same start, and carries nothing of the student', () => {
    const url = new URL(tutorLink({ ...development, href: `${HERE}#brand=x` }) ?? '');

    expect(Object.fromEntries(url.searchParams)).toEqual({
      room: 's 1',
      role: 'tutor',
      language: 'es',
      sessionStart: '5',
    });
    expect([url.origin, url.hash]).toEqual(['https://call.example', '']);
  });
});
