// A recorded file gets a whole head, and its sound and picture stay as they were to the byte.

import { expect, test } from 'vitest';
import { makeSeekable } from '../src/classroom/seekable-webm';
import { WebmIndex } from '../src/classroom/webm-index';
import { FILE, HEAD } from './webm-parts';

const read = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

test('the head is new, and the rest is the same', async () => {
  const made = await read(await makeSeekable(new Blob([FILE])));
  const rest = FILE.subarray(HEAD.length);

  expect(made.subarray(made.length - rest.length)).toEqual(rest);
  expect(made.length).toBeGreaterThan(FILE.length + 60);

  const index = new WebmIndex();
  index.feed(made);
  expect(index.isDone).toBe(true); // it has an index now
});

test.each([
  ['nothing', new Uint8Array()],
  ['another kind of file', new TextEncoder().encode('ftypisom, and so on')],
  ['a head alone', HEAD],
])('%s stays as it is', async (_name, bytes) => {
  const file = new Blob([bytes as BlobPart]);

  expect(await makeSeekable(file)).toBe(file);
});

test('a long file without a cluster is given up', async () => {
  const file = new Blob([HEAD, new Uint8Array(9 * 1_048_576).fill(0xff)]);

  expect(await makeSeekable(file)).toBe(file);
});
