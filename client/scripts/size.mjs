// Adds up what a call's page loads before it runs: room.html and every script and stylesheet it names, gzip -9.
// Fails above the bound of the design, so that a dependency too many is noticed on the day it comes in.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 60 * 1024;
const STATIC = resolve(import.meta.dirname, '../../src/langdao_video/web/static');

const page = readFileSync(resolve(STATIC, 'room.html'), 'utf8');
const assets = [...page.matchAll(/(?:src|href)="\/static\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const rows = ['room.html', ...new Set(assets)].map((name) => {
  const bytes = readFileSync(resolve(STATIC, name));
  return { file: name, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
});
const total = rows.reduce((sum, row) => sum + row.gzip, 0);

for (const row of [
  ...rows,
  { file: 'total', bytes: rows.reduce((sum, row) => sum + row.bytes, 0), gzip: total },
]) {
  console.log(
    `${row.file.padEnd(44)} ${String(row.bytes).padStart(8)} B ${String(row.gzip).padStart(8)} B gzip`,
  );
}
if (assets.length === 0 || total > LIMIT_BYTES) {
  console.error(`The call's page must load something, and at most ${LIMIT_BYTES} bytes gzip.`);
  process.exit(1);
}
