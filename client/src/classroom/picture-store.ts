// Keeps the pictures of a lesson's chat beside its document, for the page after the end. Law: they go when the document goes, and a page
// that may keep nothing works all the same.

import { LESSONS, openDatabase, PICTURES } from './document-store';
import { answerOf, endOf } from './indexed-db';
import type { PictureHead } from './picture-head';

/** All of a lesson together: they are in memory when they are saved, some of them three times. */
export const PICTURES_BYTES_MAX = 24 * 1_048_576;

/** A picture of the chat; its type was read from its own bytes. */
export interface KeptPicture {
  readonly name: string;
  readonly type: PictureHead['type'];
  readonly blob: Blob;
}

interface Row {
  readonly lesson: string;
  readonly pictures: readonly KeptPicture[];
}

/** Keep *pictures* in place of those of *lesson* that were kept before. Never rejects. */
export async function keepPictures(
  lesson: string,
  pictures: readonly KeptPicture[],
  nowMs: number,
): Promise<void> {
  try {
    const database = await openDatabase();
    const transaction = database.transaction([LESSONS, PICTURES], 'readwrite');
    const row: Row = { lesson, pictures };
    transaction.objectStore(PICTURES).put(row);
    // What is deleted is found by the lesson: also where no tool was opened.
    transaction.objectStore(LESSONS).put({ lesson, openedMs: nowMs });
    await endOf(transaction);
    database.close();
  } catch {
    // Forbidden, or full: they are there until the page is closed.
  }
}

/** Give the pictures of *lesson* that are kept. Never rejects. */
export async function readPictures(lesson: string): Promise<readonly KeptPicture[]> {
  try {
    const database = await openDatabase();
    const rows = database.transaction(PICTURES).objectStore(PICTURES);
    const row = await answerOf<Row | undefined>(rows.get(lesson));
    database.close();
    return row?.pictures ?? [];
  } catch {
    return [];
  }
}
