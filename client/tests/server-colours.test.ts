import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

test('the colours of the server’s own pages are those of the client', () => {
  const client = resolve(import.meta.dirname, '..');
  const read = (file: string) => colours(readFileSync(resolve(client, file), 'utf8'));
  const tokens = read('src/style/tokens.css');
  const problem = read('public/problem.css');

  expect(problem.length).toBeGreaterThan(15);
  expect(tokens).toEqual(expect.arrayContaining(problem));
});

/** List `light|dark --name: #colour` of a stylesheet. */
function colours(css: string): string[] {
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const list = (scheme: string, part: string) =>
    [...part.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(
      ([, name, value]) => `${scheme} ${name}: ${value}`,
    );
  return [...list('light', light), ...list('dark', dark)];
}
