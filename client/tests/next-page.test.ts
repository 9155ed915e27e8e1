// Where the end of a call leads: the cases that the service passes, too, and tokens that say something else.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readNextPage } from '../src/room/embedding/next-page';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly host: string | null;
}

const file = resolve(import.meta.dirname, '../../wire/text/next-pages.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

const tokenOf = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

test.each(cases)('$name', ({ text, host }) => {
  const page = readNextPage(tokenOf({ look: { next: text } }));

  expect(page?.host ?? null).toBe(host);
});

test('what follows the host stays as it is', () => {
  const href = "https://platform.example/a/../b?c=d'e#/lessons/7";

  expect(readNextPage(tokenOf({ look: { next: href } }))?.href).toBe(
    'https://platform.example/b?c=d%27e#/lessons/7',
  );
});

test('it has at most 300 characters', () => {
  const start = 'https://platform.example/';
  const ofLength = (length: number) => readNextPage(tokenOf({ look: { next: start.padEnd(length, 'x') } }));

  expect(ofLength(300)).not.toBeNull();
  expect(ofLength(301)).toBeNull();
  expect(ofLength(10_000)).toBeNull();
});

test.each([
  null,
  '',
  'x',
  'x.y.z',
  'x.%.z',
  tokenOf(null),
  tokenOf(7),
  tokenOf({}),
  tokenOf({ look: null }),
  tokenOf({ look: 'https://platform.example/' }),
  tokenOf({ look: { next: 7 } }),
  tokenOf({ look: { next: ['https://platform.example/'] } }),
  tokenOf({ next: 'https://platform.example/' }),
])('a token without it leads nowhere: %j', (token) => {
  expect(readNextPage(token)).toBeNull();
});
