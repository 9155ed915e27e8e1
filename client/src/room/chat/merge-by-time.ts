// The lines of the chat and the files, in the order in which they came. Pure.

import type { ChatLine } from '../../call/transport/wire';
import type { FileView } from '../../classroom/file-exchange';

/** A line with the one right before it, or a file. */
export interface Entry {
  readonly line?: ChatLine;
  /** Missing after a file: the line shows its author again. */
  readonly before?: ChatLine | undefined;
  readonly file?: FileView;
}

/** Put *files* between the lines of *chat*; each keeps its own order, also where a clock was set. */
export function mergeByTime(chat: readonly ChatLine[], files: readonly FileView[]): readonly Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  let before: ChatLine | undefined;
  for (const line of chat) {
    for (let file = files[next]; file && file.atMs < line.timestamp; file = files[next]) {
      merged.push({ file });
      next += 1;
      before = undefined;
    }
    merged.push({ line, before });
    before = line;
  }
  return [...merged, ...files.slice(next).map((file) => ({ file }))];
}
