// Offers a file that this page has made as a download.

/** A slow disk may need so long. */
const ADDRESS_MS = 60_000;

const TYPES: Readonly<Record<string, string>> = {
  apkg: 'application/octet-stream',
  csv: 'text/csv;charset=utf-8',
  html: 'text/html;charset=utf-8',
  zip: 'application/zip',
};

/** Save *content* under *name*, whose ending says what it is. */
export function saveFile(content: string | Uint8Array, name: string): void {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), ADDRESS_MS);
}
