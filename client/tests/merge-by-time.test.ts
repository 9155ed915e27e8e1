// Lines and files in the order in which they came.

import { expect, test } from 'vitest';
import type { ChatLine } from '../src/call/transport/wire';
import type { FileView } from '../src/classroom/file-exchange';
import { mergeByTime } from '../src/room/chat/merge-by-time';

const line = (id: string, timestamp: number) => ({ id, timestamp, role: 'tutor', text: id }) as ChatLine;
const file = (id: string, atMs: number) => ({ id, atMs }) as FileView;

test('a file stands between the lines of its time, and the line after it shows its author again', () => {
  const [a, b, c] = [line('a', 10), line('b', 20), line('c', 30)];
  const [x, y] = [file('x', 15), file('y', 40)];

  expect(mergeByTime([a, b, c], [x, y])).toEqual([
    { line: a, before: undefined },
    { file: x },
    { line: b, before: undefined },
    { line: c, before: b },
    { file: y },
  ]);
});

test('either alone is as it was', () => {
  expect(mergeByTime([], [file('x', 1)])).toEqual([{ file: file('x', 1) }]);
  expect(mergeByTime([line('a', 1)], [])).toEqual([{ line: line('a', 1), before: undefined }]);
});
