// Adds up what a call's page loads by itself: room.html, its first script, the page behind it and the stylesheets,
// gzip -9. Fails above the bound of the design, so that a dependency too many is noticed on the day it comes in.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 60 * 1024;
const STATIC = resolve(import.meta.dirname, '../../src/langdao_video/web/static');

const manifest = JSON.parse(readFileSync(resolve(STATIC, 'room-manifest.json'), 'utf8'));
const assets = [...filesOf('room.html'), ...filesOf('src/room/main.tsx')];
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

/** A chunk, what it imports statically, and their stylesheets; a language that is loaded on demand is no part. */
function filesOf(key) {
  const { file, imports = [], css = [] } = manifest[key];
  return [file, ...css, ...imports.flatMap(filesOf)];
}
