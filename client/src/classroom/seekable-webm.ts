// Gives a recorded WebM file its length and the places to begin at (webm-head.ts), without copying it: a Blob is made of a new head
// and the old rest. What is no such file stays as it is.

import { writeHead } from './webm-head';
import { WebmIndex } from './webm-index';

const STEP_BYTES = 4 * 1_048_576;

/** A head is some hundred bytes. */
const HEAD_BYTES_MAX = 1_048_576;

/** Return *file* with a whole head. */
export async function makeSeekable(file: Blob): Promise<Blob> {
  const index = new WebmIndex();
  for (let at = 0; at < file.size && !index.isDone; at += STEP_BYTES) {
    index.feed(await readBytes(file.slice(at, at + STEP_BYTES)));
    if (index.headBytes === null && at >= HEAD_BYTES_MAX) return file;
  }
  const { headBytes, isDone } = index;
  if (isDone || headBytes === null) return file;
  const head = writeHead(await readBytes(file.slice(0, headBytes)), index);
  return head ? new Blob([head, file.slice(headBytes)]) : file;
}

async function readBytes(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await new Response(blob).arrayBuffer());
}
