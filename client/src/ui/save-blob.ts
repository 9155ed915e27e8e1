// Offers a file as a download.

/** The address lives as long as a slow disk may need. */
const ADDRESS_MS = 60_000;

/** Save *blob* under *name*. No browser opens it by itself, whatever is in it: it has no type. */
export function saveBlob(blob: Blob, name: string): void {
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob.slice(0, blob.size, 'application/octet-stream'));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), ADDRESS_MS);
}
