import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const LIMIT_BYTES = 2.5 * 1024;

test('/embed.js is one script under 2.5 KB gzip that adds one global', async () => {
  const output = await build({
    mode: 'embed',
    logLevel: 'silent',
    build: { write: false, emptyOutDir: false },
  });
  const chunks = [output].flat().flatMap((result) => ('output' in result ? result.output : []));
  const code = chunks.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');

  expect(chunks).toHaveLength(1);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(code).toContain('LangDAOCall');
  expect(code).not.toMatch(/^var /);
});
