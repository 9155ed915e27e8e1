// The client's source tree, for the tests of its architecture.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';

export const SRC = resolve(import.meta.dirname, '../src');

/** Modules that a page loads first: they run when they are imported, and nobody imports them. */
export const ENTRY_POINTS: readonly string[] = [
  'demo/main.tsx',
  'embed/embed.ts',
  'room/boot.ts',
  'room/inline.ts',
  'start/main.tsx',
];

/** What a browser runs on a thread of its own: others import its address. */
export const WORKLETS: readonly string[] = [
  'classroom/pdf-worker.ts',
  'classroom/recording-worker.ts',
  'classroom/voice-worklet.ts',
  'retouch/blur-worker.ts',
  'retouch/noise-worklet.ts',
];

/** Every file below src/, with slashes, from there. */
export function listFiles(): readonly string[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replace(/\\/g, '/'))
    .sort();
}

export function listModules(): readonly string[] {
  return listFiles().filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
}

/** Name a module as an import does: without folder and extension. */
export function nameOf(file: string): string {
  return posix.basename(file).replace(/\.(tsx?|mjs)$/, '');
}

export type Arrow = readonly [from: string, to: string];

const EVERY_IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()'(\.[^'?]*)/g;
const LOADED_WITH = /^(?:import|export)\s+(?!type\b)(?:[^;']*?\bfrom\s+)?'(\.[^'?]*)/gm;

/** Every import of a module of ours: static, dynamic, of types, and exports from elsewhere. */
export function findImports(pattern = EVERY_IMPORT): readonly Arrow[] {
  const modules = new Set(listModules());
  return [...modules].flatMap((from) => {
    const source = readFileSync(resolve(SRC, from), 'utf8');
    return [...source.matchAll(pattern)].flatMap(([, address = '']) => {
      const path = posix.normalize(posix.join(dirname(from), address));
      const to = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((file) => modules.has(file));
      return to ? [[from, to] as const] : [];
    });
  });
}

/** Every module that comes with *entry* before it runs. */
export function findLoadedWith(entry: string): ReadonlySet<string> {
  const arrows = findImports(LOADED_WITH);
  const found = new Set([entry]);
  // A set hands out what is added meanwhile, too.
  for (const each of found) for (const [from, to] of arrows) if (from === each) found.add(to);
  return found;
}

/** Find a way round in *arrows*, as a list that begins and ends with the same name; null if there is none. */
export function findCircle(arrows: readonly Arrow[]): readonly string[] | null {
  const next = new Map<string, string[]>();
  for (const [from, to] of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const each of next.get(name) ?? []) {
      const circle = visit(each, [...path, name]);
      if (circle) return circle;
    }
    done.add(name);
    return null;
  };
  for (const name of next.keys()) {
    const circle = visit(name, []);
    if (circle) return circle;
  }
  return null;
}
