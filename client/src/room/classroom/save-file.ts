// Offers a file that this page has made as a download.

import { saveBlob } from '../../ui/save-blob';

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv;charset=utf-8',
  html: 'text/html;charset=utf-8',
  zip: 'application/zip',
};

/** Save *content* under *name*, whose ending says what it is. */
export function saveFile(content: string | Uint8Array, name: string): void {
  saveBlob(new Blob([content as BlobPart]), name, TYPES[name.slice(name.lastIndexOf('.') + 1)]);
}
