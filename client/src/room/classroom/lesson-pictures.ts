// The pictures of what a person takes home: the board, and those that were sent in the chat.

import type { Doc } from 'yjs';
import { readBoard } from '../../classroom/board-document';
import type { Shape } from '../../classroom/board-shapes';
import { boardToSvg } from '../../classroom/board-svg';
import type { FileView } from '../../classroom/file-exchange';
import type { LessonPart, PartFile } from '../../classroom/lesson-page';
import { HEAD_BYTES, readPicture } from '../../classroom/picture-head';
import { type KeptPicture, PICTURES_BYTES_MAX } from '../../classroom/picture-store';
import { html, pictureAddress } from '../../classroom/safe-html';
import { t } from '../../i18n/lazy-words';
import { fileActions } from '../store/files-state';

/** A sharp print of a page, and as much as every browser draws at once. */
const PNG_SIDE_MAX = 4_096;

/** A small board is drawn larger than it is: what is written on it has to be legible. */
const PNG_SCALE_MAX = 2;

/** Read what is drawn in *doc*. */
export function readShapes(doc: Doc | null): readonly Shape[] {
  return doc ? readBoard(doc) : [];
}

/** Draw the board as it is on the screen, on white. */
export async function makeBoard(shapes: readonly Shape[]): Promise<LessonPart> {
  const title = t('board.title');
  const svg = new TextEncoder().encode(boardToSvg(shapes));
  const address = pictureAddress('image/svg+xml', svg);
  const png = await drawPng(address.markup);
  return {
    title,
    body: html`<p><img src="${address}" alt="${title}"></p>\n`,
    files: [
      { name: title, ending: 'svg', bytes: svg },
      ...(png ? [{ name: title, ending: 'png', bytes: png }] : []),
    ],
  };
}

/** Find the pictures among *files* that are here, in their order, as many as may be kept. */
export async function findPictures(files: readonly FileView[]): Promise<readonly KeptPicture[]> {
  const found: KeptPicture[] = [];
  let left = PICTURES_BYTES_MAX;
  for (const view of files) {
    const isHere = view.isOwn || view.state === 'done';
    const picture = isHere && view.size <= left && (await findPicture(view));
    if (!picture) continue;
    left -= view.size;
    found.push(picture);
  }
  return found;
}

/** Take *pictures* as they are; null where there is none. One that its owner has deleted since is left out. */
export async function makePictures(pictures: readonly KeptPicture[]): Promise<LessonPart | null> {
  const taken = (await Promise.all(pictures.map(readPictureFile))).filter((each) => each !== null);
  if (taken.length === 0) return null;
  return {
    title: t('home.pictures'),
    body: html`${taken.map(({ name, address }) => html`<figure><img src="${address}" alt=""><figcaption dir="auto">${name}</figcaption></figure>\n`)}`,
    files: taken.map(({ file }) => file),
  };
}

/** Null for a file that is no picture, whatever its name says, and for one that is gone. */
async function findPicture({ id, name }: FileView): Promise<KeptPicture | null> {
  const blob = await fileActions.value?.read(id).catch(() => null);
  if (!blob) return null;
  const bytes = await readBytes(blob.slice(0, HEAD_BYTES));
  const head = bytes && readPicture(bytes);
  return head && { name, type: head.type, blob };
}

/** Null for a file on a disk that was moved, changed or deleted after its person chose it (File API §4.1). */
async function readBytes(blob: Blob): Promise<Uint8Array | null> {
  return await blob.arrayBuffer().then(
    (bytes) => new Uint8Array(bytes),
    () => null,
  );
}

async function readPictureFile({ name, type, blob }: KeptPicture) {
  const bytes = await readBytes(blob);
  if (!bytes) return null;
  const [, ending = 'png'] = type.split('/');
  const file: PartFile = {
    name: name.replace(/\.[^.]*$/, ''),
    ending: ending === 'jpeg' ? 'jpg' : ending,
    bytes,
  };
  return { name, address: pictureAddress(type, bytes), file };
}

/** Draw the picture at *address*; null where this browser does not. */
async function drawPng(address: string): Promise<Uint8Array | null> {
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const { naturalWidth, naturalHeight } = image;
    const scale = Math.min(PNG_SCALE_MAX, PNG_SIDE_MAX / Math.max(naturalWidth, naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(naturalHeight * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    return png && new Uint8Array(await png.arrayBuffer());
  } catch {
    return null;
  }
}
