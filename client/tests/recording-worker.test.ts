// The worker: it beats, writes in the order in which it is told, and says so; a disk that is full ends nothing but the writing.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WriterOrder, WriterReport } from '../src/classroom/recording-worker';
import { until } from './until';

const page = { onmessage: (_event: { data: WriterOrder }) => undefined as unknown, postMessage: vi.fn() };
const disk = {
  truncate: vi.fn(),
  write: vi.fn((bytes: ArrayBuffer, _place: { at: number }) => bytes.byteLength),
  flush: vi.fn(),
  close: vi.fn(),
};
const open = vi.fn(async () => disk);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.clearAllMocks();
  const file = { createSyncAccessHandle: open };
  const folder = { getFileHandle: async () => file };
  const root = { getDirectoryHandle: async () => folder };
  vi.stubGlobal('self', page);
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
  await import('../src/classroom/recording-worker');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function tell(...orders: readonly WriterOrder[]): Promise<readonly WriterReport[]> {
  page.postMessage.mockClear();
  for (const data of orders) page.onmessage({ data });
  await until(() => expect(page.postMessage).toHaveBeenCalledTimes(orders.length));
  return page.postMessage.mock.calls.map(([report]) => report);
}

const write = (length: number): WriterOrder => ({ kind: 'write', bytes: new ArrayBuffer(length) });

test('pieces are written one behind the other, each flushed', async () => {
  const reports = await tell({ kind: 'open', name: '1.webm' }, write(10), write(20), write(5), {
    kind: 'close',
  });

  expect(reports).toEqual(['opened', 'written', 'written', 'written', 'closed']);
  expect(disk.write.mock.calls.map(([, { at }]) => at)).toEqual([0, 10, 30]);
  expect(disk.flush).toHaveBeenCalledTimes(3);
  expect(disk.close).toHaveBeenCalledOnce();
});

test('where the browser has no such files it says so', async () => {
  open.mockRejectedValueOnce(new Error('NotAllowedError'));

  expect(await tell({ kind: 'open', name: '1.webm' })).toEqual(['failed']);
});

test('a disk that takes only half of a piece, or refuses it, is full', async () => {
  disk.write.mockReturnValueOnce(5).mockImplementationOnce(() => {
    throw new Error('QuotaExceededError');
  });

  expect(await tell({ kind: 'open', name: '1.webm' }, write(10), write(10), { kind: 'close' })).toEqual([
    'opened',
    'failed',
    'failed',
    'closed',
  ]);
});

test('it beats as often as it is told', () => {
  page.onmessage({ data: { kind: 'beat', everyMs: 40 } });
  vi.advanceTimersByTime(200);

  expect(page.postMessage.mock.calls).toEqual(Array(5).fill(['beat']));
});
