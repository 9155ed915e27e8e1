// The house's order: who may import whom, one name for one module, and imports that do nothing.

import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Arrow,
  ENTRY_POINTS,
  findCircle,
  findImports,
  listFiles,
  listModules,
  nameOf,
  SRC,
  WORKLETS,
} from './source-tree';

const ROOT = resolve(import.meta.dirname, '../..');

/** Folder → the folders it may import. */
const TABLE = JSON.parse(readFileSync(resolve(ROOT, 'tests/arrows.json'), 'utf8')) as {
  readonly client: Readonly<Record<string, readonly string[]>>;
};

const LINES_MAX = 400;

const imports = findImports();
const betweenFolders: readonly Arrow[] = imports
  .map(([from, to]) => [dirname(from), dirname(to)] as const)
  .filter(([from, to]) => from !== to);

/** All below a folder, with the folder's name; nothing of a file. */
function namesIn(entry: Dirent): readonly string[] {
  if (!entry.isDirectory()) return [];
  const names = readdirSync(resolve(entry.parentPath, entry.name), { recursive: true, encoding: 'utf8' });
  return names.map((name) => `${entry.name}/${name}`);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

describe('arrows', () => {
  const allowed = Object.entries(TABLE.client).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
  const drawn = unique(betweenFolders.map(([from, to]) => `${from} → ${to}`));

  test('the table allows every import of one folder by another', () => {
    expect(drawn.filter((arrow) => !allowed.includes(arrow))).toEqual([]);
  });

  test('every arrow of the table is used', () => {
    expect(allowed.filter((arrow) => !drawn.includes(arrow))).toEqual([]);
  });

  test('no way leads round: neither from a file to itself nor from a folder', () => {
    expect(findCircle(imports)).toBeNull();
    expect(findCircle(betweenFolders)).toBeNull();
  });

  test('a way round is found where there is one', () => {
    const arrows: Arrow[] = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
    ];

    expect(findCircle(arrows)).toEqual(['b', 'c', 'b']);
  });

  test('nobody imports an entry point', () => {
    expect(imports.filter(([, to]) => ENTRY_POINTS.includes(to))).toEqual([]);
  });
});

describe('names', () => {
  test('no two modules have one name, whatever its case; only the pages’ main.tsx do', () => {
    const scripts = readdirSync(resolve(ROOT, 'client/scripts'));
    const names = [...listModules(), ...scripts]
      .filter((file) => posix.basename(file) !== 'main.tsx')
      .map((file) => nameOf(file).toLowerCase());

    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  test('no two files of a folder differ only by case: some disks know one of them', () => {
    // Not what is installed: a tool that runs beside this one makes folders in there and takes them away.
    const files = readdirSync(resolve(ROOT, 'client'), { withFileTypes: true })
      .filter(({ name }) => name !== 'node_modules')
      .flatMap((entry) => [entry.name, ...namesIn(entry)])
      .map((file) => file.toLowerCase());

    expect(files.filter((file, place) => files.indexOf(file) !== place)).toEqual([]);
  });

  test('no module is longer than one reads at a time', () => {
    const isLong = (file: string) =>
      readFileSync(resolve(SRC, file), 'utf8').split('\n').length > LINES_MAX + 1;

    expect(listFiles().filter((file) => /\.(tsx?|css)$/.test(file) && isLong(file))).toEqual([]);
  });
});

describe('state', () => {
  const modules = import.meta.glob('../src/**/*.{ts,tsx}');

  afterEach(() => vi.restoreAllMocks());

  // There is no page here: whoever touched one while being imported would fail.
  test('an import does nothing: it reads no page and no storage, and starts no timer', async () => {
    const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')];

    for (const file of listModules().filter((file) => ![...ENTRY_POINTS, ...WORKLETS].includes(file))) {
      await modules[`../src/${file}`]?.();
    }

    for (const timer of timers) expect(timer).not.toHaveBeenCalled();
  });

  test('only the reducer’s answer becomes the state of the call', () => {
    const source = readFileSync(resolve(SRC, 'call/call.ts'), 'utf8');
    const others = listModules()
      .filter((file) => file.startsWith('call/'))
      .filter((file) => /(?<!this)\.state = /.test(readFileSync(resolve(SRC, file), 'utf8')));

    expect(source.match(/this\.state = .*/g)).toEqual([
      expect.stringContaining('beginCall('),
      'this.state = state;',
    ]);
    expect(others).toEqual([]);
  });
});

describe('tests', () => {
  test('wait as long as a busy machine needs: with `until`, and not with the runner’s one second', () => {
    const isHasty = (file: string) =>
      readFileSync(resolve(import.meta.dirname, file), 'utf8').includes(`vi.${'waitFor'}(`);
    const tests = readdirSync(import.meta.dirname).filter((file) => /\.tsx?$/.test(file));

    expect(tests.filter(isHasty)).toEqual(['until.ts']);
  });
});
