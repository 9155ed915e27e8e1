// Adds up what a call's page loads by itself, gzip -9: room.html with its stylesheet, its first script, and what is drawn
// then, which is the lobby for most and the call for who joins at once. Fails if either is above the bound of the design,
// so that a dependency too many is noticed on the day it comes in. A tool that is loaded when it is opened has a bound of its own.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 60 * 1024;
const STATIC = resolve(import.meta.dirname, '../../src/langdao_video/web/static');
/** Each tool with what the first tool loads besides, all tools' English words among it; a second one has that already. */
const TOOLS = {
  board: { entries: ['src/room/classroom/Board.tsx', 'src/classroom/classroom.ts'], limitBytes: 58 * 1024 },
  notes: { entries: ['src/room/classroom/Notes.tsx', 'src/classroom/classroom.ts'], limitBytes: 112 * 1024 },
  home: { entries: ['src/room/classroom/TakeHome.tsx', 'src/classroom/classroom.ts'], limitBytes: 66 * 1024 },
  captions: {
    entries: ['src/room/classroom/CaptionBar.tsx', 'src/classroom/classroom.ts'],
    limitBytes: 44 * 1024,
  },
  recording: {
    entries: ['src/room/classroom/RecordingBar.tsx', 'src/classroom/classroom.ts'],
    limitBytes: 44 * 1024,
  },
};
const DRAWN = { lobby: 'src/room/lobby/main.tsx', call: 'src/room/main.tsx' };

const manifest = JSON.parse(readFileSync(resolve(STATIC, 'room-manifest.json'), 'utf8'));

for (const [name, entry] of Object.entries(DRAWN)) {
  const assets = new Set([...filesOf('room.html'), ...filesOf(entry)]);
  tell(name, ['room.html', ...assets], LIMIT_BYTES);
}

const drawn = new Set(['room.html', 'src/room/main.tsx', 'src/room/later.ts'].flatMap(filesOf));
for (const [name, { entries, limitBytes }] of Object.entries(TOOLS)) {
  const own = new Set(entries.flatMap(filesOf).filter((file) => !drawn.has(file)));
  tell(name, [...own], limitBytes);
}

function tell(name, files, limitBytes) {
  const rows = files.map(weigh);
  const total = {
    file: `${name}, in all`,
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    gzip: rows.reduce((sum, { gzip }) => sum + gzip, 0),
  };
  for (const { file, bytes, gzip } of [...rows, total]) {
    console.log(`${file.padEnd(44)} ${String(bytes).padStart(8)} B ${String(gzip).padStart(8)} B gzip`);
  }
  if (files.length < 2 || total.gzip > limitBytes) {
    console.error(`The ${name} must load something, and at most ${limitBytes} bytes gzip.`);
    process.exitCode = 1;
  }
}

function weigh(file) {
  const content = readFileSync(resolve(STATIC, file));
  return { file, bytes: content.length, gzip: gzipSync(content, { level: 9 }).length };
}

/** A chunk, what it imports statically, and their stylesheets; a language that is loaded on demand is no part. The
 * page's own is inside the HTML. */
function filesOf(key) {
  const { file, imports = [], css = [] } = manifest[key];
  return [file, ...(key === 'room.html' ? [] : css), ...imports.flatMap(filesOf)];
}
