// Beats the time of a recording, and writes it into a file of this browser. In a worker: the timers of a page that is hidden stand
// still, and only here a file is written in place, so that a page that dies leaves all but its last second. From our own origin.

/** The browser's own folder of them (File System, OPFS). */
const FOLDER = 'recordings';

export type WriterOrder =
  | { readonly kind: 'beat'; readonly everyMs: number }
  | { readonly kind: 'open'; readonly name: string }
  | { readonly kind: 'write'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'close' };

/** `failed`: the browser has no such files, or no room. */
export type WriterReport = 'beat' | 'opened' | 'written' | 'closed' | 'failed';

/** What lib.dom has no types for: it is only in workers. Safari before 16.4 answers with promises. */
interface WrittenFile {
  truncate(size: number): unknown;
  write(bytes: ArrayBuffer, place: { readonly at: number }): number;
  flush(): unknown;
  close(): unknown;
}
interface WritableHandle {
  createSyncAccessHandle(): Promise<WrittenFile>;
}

const page = self as unknown as {
  onmessage: (event: { readonly data: WriterOrder }) => void;
  postMessage(report: WriterReport): void;
};

let file: WrittenFile | null = null;
let size = 0;
let last: Promise<void> = Promise.resolve();

async function open(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const handle = await folder.getFileHandle(name, { create: true });
  file = await (handle as unknown as WritableHandle).createSyncAccessHandle();
  await file.truncate(0);
}

async function write(bytes: ArrayBuffer): Promise<void> {
  const written = file?.write(bytes, { at: size });
  if (written !== bytes.byteLength) throw new Error('no room');
  size += written;
  await file?.flush();
}

async function perform(order: WriterOrder): Promise<void> {
  try {
    if (order.kind === 'open') await open(order.name);
    if (order.kind === 'write') await write(order.bytes);
    if (order.kind === 'close') await file?.close();
    page.postMessage(
      ({ open: 'opened', write: 'written', close: 'closed', beat: 'beat' } as const)[order.kind],
    );
  } catch {
    page.postMessage('failed');
  }
}

page.onmessage = ({ data: order }) => {
  if (order.kind === 'beat') setInterval(() => page.postMessage('beat'), order.everyMs);
  else last = last.then(() => perform(order));
};
