// Offers a file as a download.

/** The address lives as long as a slow disk may need. */
const ADDRESS_MS = 60_000;

const BYTES = 'application/octet-stream';

/** Save *blob* under *name*. Without a *type* no browser opens it by itself, whatever is in it. */
export function saveBlob(blob: Blob, name: string, type = BYTES): void {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob.slice(0, blob.size, type));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), ADDRESS_MS);
}
