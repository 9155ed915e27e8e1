// The database that is written here is one for SQLite itself, which Node brings.

import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, type Table, writeSqlite } from '../src/classroom/sqlite-file';
import { openDatabase } from './open-database';

const SQL = 'CREATE TABLE t (id integer PRIMARY KEY, a text, b integer)';

function open(tables: readonly Table[]): DatabaseSync {
  return openDatabase(writeSqlite(tables));
}

function makeTable(rows: readonly (readonly [string, number])[]): Table {
  return { name: 't', sql: SQL, rows: rows.map((cells, at) => [at + 1, [null, ...cells]]) };
}

function readRows(database: DatabaseSync): unknown[] {
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  return database
    .prepare('SELECT a, b FROM t ORDER BY id')
    .all()
    .map((row) => [row['a'], row['b']]);
}

test('SQLite reads several tables, of which one is empty', () => {
  const other: Table = { name: 'u', sql: 'CREATE TABLE u (x text)', rows: [] };

  const database = open([makeTable([['año', -1]]), other]);

  expect(readRows(database)).toEqual([['año', -1]]);
  expect(database.prepare('SELECT count(*) AS n FROM u').all()).toEqual([{ n: 0 }]);
});

test('rows of any length and number are there, whole and in order', () => {
  // Around the lengths at which a row goes on elsewhere, and beyond.
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: 4_030, max: 4_110 }).map((length) => 'x'.repeat(length)),
    fc.integer({ min: 8_100, max: 8_220 }).map((length) => 'y'.repeat(length)),
    fc.constant('語'.repeat(5_000)),
  );
  const number = fc.integer({ min: -(2 ** 47) + 1, max: 2 ** 47 - 1 });
  const shown = text.filter((each) => !each.includes('\0')); // sqlite3 ends a text there

  fc.assert(
    fc.property(fc.array(fc.tuple(shown, number), { maxLength: 60 }), (rows) => {
      expect(readRows(open([makeTable(rows)]))).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test.each([1, 2, 3, 200, 500, 1_500])('a tree with %i pages of rows is sound', (pages) => {
  const rows = Array.from({ length: pages }, (_, at) => ['z'.repeat(3_900), at] as const);

  expect(readRows(open([makeTable(rows)]))).toEqual(rows);
});

test('thousands of small rows are there', () => {
  const rows = Array.from({ length: 5_000 }, (_, at) => [`${at}`, at * 1_000_000_000] as const);

  expect(readRows(open([makeTable(rows)]))).toEqual(rows);
});

test.each<Cell>([0.5, 2 ** 47, -(2 ** 47), Number.NaN])('%d is refused', (cell) => {
  expect(() => writeSqlite([{ name: 't', sql: SQL, rows: [[1, [null, '', cell]]] }])).toThrow(RangeError);
});
