// Opens a database that was written in memory with SQLite itself, which Node brings, for as long as the test runs.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';

export function openDatabase(bytes: Uint8Array): DatabaseSync {
  const folder = mkdtempSync(join(tmpdir(), 'langdao-sqlite-'));
  const path = join(folder, 'file.db');
  writeFileSync(path, bytes);
  const database = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  return database;
}
