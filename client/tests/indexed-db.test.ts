// What IndexedDB answers, as promises: also what it refuses.

import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { answerOf, endOf } from '../src/classroom/indexed-db';

async function open(): Promise<IDBDatabase> {
  const request = new IDBFactory().open('test', 1);
  request.onupgradeneeded = () => void request.result.createObjectStore('rows');
  return answerOf(request);
}

test('what was written is found once the transaction is over', async () => {
  const database = await open();
  const transaction = database.transaction('rows', 'readwrite');
  transaction.objectStore('rows').put('value', 'key');
  await endOf(transaction);

  expect(await answerOf(database.transaction('rows').objectStore('rows').get('key'))).toBe('value');
});

test('a second row of one key is refused, and the transaction with it', async () => {
  const transaction = (await open()).transaction('rows', 'readwrite');
  const rows = transaction.objectStore('rows');
  rows.add('one', 'key');
  const second = answerOf(rows.add('other', 'key'));
  const end = endOf(transaction);

  await expect(second).rejects.toMatchObject({ name: 'ConstraintError' });
  await expect(end).rejects.toMatchObject({ name: 'ConstraintError' });
});
