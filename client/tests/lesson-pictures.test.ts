// The board and the pictures of a lesson, as files to keep.

import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { BoardDocument } from '../src/classroom/board-document';
import type { FileView } from '../src/classroom/file-exchange';
import { findPictures, makeBoard, makePictures, readShapes } from '../src/room/classroom/lesson-pictures';
import { fileActions } from '../src/room/store/files-state';

const MIB = 1_048_576;
const PNG = Uint8Array.from([
  ...[...'\x89PNG\r\n\x1a\n'].map((sign) => sign.charCodeAt(0)),
  ...[0, 0, 0, 13],
  ...[...'IHDR'].map((sign) => sign.charCodeAt(0)),
  ...[0, 0, 0, 4, 0, 0, 0, 3, 8, 6],
]);

const view = (id: string, more: Partial<FileView> = {}): FileView => ({
  id,
  isOwn: false,
  name: `${id}.png`,
  type: 'image/png',
  size: PNG.length,
  state: 'done',
  bytes: PNG.length,
  atMs: 0,
  ...more,
});

function keep(files: Readonly<Record<string, Uint8Array>>): string[] {
  const read: string[] = [];
  fileActions.value = {
    choose: vi.fn(),
    offer: vi.fn(),
    fetch: vi.fn(),
    stop: vi.fn(),
    read: async (id) => {
      read.push(id);
      const bytes = files[id];
      return bytes ? new Blob([bytes as BlobPart]) : null;
    },
  };
  return read;
}

afterEach(() => {
  fileActions.value = null;
});

test('the board is drawn as it is, and where the browser draws no PNG there is the SVG', async () => {
  const doc = new Y.Doc();
  expect(readShapes(null)).toEqual([]);
  expect(readShapes(doc)).toEqual([]);
  new BoardDocument(doc).add({
    kind: 'text',
    x: 0,
    y: 0,
    colour: 'ink',
    width: 'fine',
    text: '<script>alert(1)</script>',
  });

  const { title, body, files } = await makeBoard(readShapes(doc));

  expect(title).toBe('Board');
  expect(files.map(({ ending }) => ending)).toEqual(['svg']);
  expect(new TextDecoder().decode(files[0]?.bytes)).toContain('&lt;script&gt;');
  expect(body.markup).toMatch(
    /^<p><img src="data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="Board"><\/p>\n$/,
  );
});

test('pictures that are here are taken, by their own bytes; whatever else was sent is not', async () => {
  keep({ a: PNG, svg: new TextEncoder().encode('<svg onload="alert(1)">'), mine: PNG, offered: PNG });

  const found = await findPictures([
    view('a', { name: '<b>"cat".jpeg' }),
    view('svg'),
    view('gone'),
    view('offered', { state: 'offered' }),
    view('mine', { isOwn: true, state: 'offered' }),
  ]);
  const part = await makePictures(found);

  expect(part?.files.map(({ name, ending }) => `${name}.${ending}`)).toEqual(['<b>"cat".png', 'mine.png']);
  expect(part?.files[0]?.bytes).toEqual(PNG);
  expect(part?.body.markup).toContain('&lt;b&gt;&quot;cat&quot;.jpeg');
  expect(part?.body.markup).not.toMatch(/<b>|svg/);
});

test('no more is read than fits into memory, and without a picture there is no part', async () => {
  const read = keep({ a: PNG, b: PNG, c: PNG });

  await findPictures([view('a', { size: 20 * MIB }), view('b', { size: 5 * MIB }), view('c')]);

  expect(read).toEqual(['a', 'c']);
  expect(await findPictures([view('gone')])).toEqual([]);
  fileActions.value = null;
  expect(await findPictures([view('a')])).toEqual([]);
  expect(await makePictures([])).toBeNull();
});

test('a picture that was deleted on its disk is left out, and holds up no other', async () => {
  const gone = new Blob([PNG]);
  gone.slice = () => gone;
  gone.arrayBuffer = () => Promise.reject(new DOMException('', 'NotReadableError'));
  keep({ here: PNG });
  const read = fileActions.value?.read;
  if (fileActions.value && read)
    fileActions.value = { ...fileActions.value, read: async (id) => (id === 'gone' ? gone : read(id)) };

  const found = await findPictures([view('gone', { isOwn: true }), view('here')]);
  const [kept] = found;
  const part = kept && (await makePictures([{ ...kept, name: 'gone.png', blob: gone }, kept]));

  expect(found.map(({ name }) => name)).toEqual(['here.png']);
  expect(part?.files.map(({ name }) => name)).toEqual(['here']);
  expect(kept && (await makePictures([{ ...kept, blob: gone }]))).toBeNull();
});
