// A PDF in its worker: what it says is believed within bounds, and one that says nothing is ended.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PdfFile } from '../src/classroom/pdf-file';
import type { PdfRequest } from '../src/classroom/pdf-rules';

vi.mock('../src/classroom/pdf-worker?worker&url', () => ({ default: '/static/assets/pdf-worker.js' }));

class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  isEnded = false;
  readonly asked: PdfRequest[] = [];

  postMessage(request: PdfRequest): void {
    this.asked.push(request);
    answer(this, request);
  }
  terminate(): void {
    this.isEnded = true;
  }
  say(data: unknown): void {
    queueMicrotask(() => this.onmessage?.({ data }));
  }
}

let worker: FakeWorker;
let answer: (worker: FakeWorker, request: PdfRequest) => void;
const loadSupply = vi.fn(async (_name: string) => Uint8Array.of(7));
const host = { makeWorker: () => worker as unknown as Worker, loadSupply };
const FILE = new Blob(['%PDF-1.7']);
const PAGE = { kind: 'drawn', jpeg: Uint8Array.of(1), across: 4, down: 5 } as const;

beforeEach(() => {
  vi.useFakeTimers();
  worker = new FakeWorker();
  answer = (to, { kind }) => {
    if (kind === 'open') to.say({ kind: 'opened', pages: 10_000 });
    if (kind === 'draw') to.say(PAGE);
  };
});

afterEach(() => vi.useRealTimers());

test('a file is opened, and a page drawn', async () => {
  const file = await PdfFile.open(FILE, host);

  expect(file.pages).toBe(10_000);
  expect(await file.draw(9_999)).toEqual(PAGE);
  file.close();
  expect(worker.isEnded).toBe(true);
});

test.each([
  ['locked', 'locked'],
  ['rubbish', 'broken'],
])('a worker that refuses (%s) is ended, and the person told', async (problem, told) => {
  answer = (to) => to.say({ kind: 'refused', problem });

  await expect(PdfFile.open(FILE, host)).rejects.toMatchObject({ problem: told });
  expect(worker.isEnded).toBe(true);
});

test('a file that hangs is ended in time', async () => {
  answer = () => undefined;
  const opening = expect(PdfFile.open(FILE, host)).rejects.toMatchObject({ problem: 'slow' });
  await vi.advanceTimersByTimeAsync(20_000);

  await opening;
  expect(worker.isEnded).toBe(true);
});

test('a broken page leaves the others, and one that hangs is ended', async () => {
  const file = await PdfFile.open(FILE, host);
  answer = (to) => to.say({ kind: 'refused', problem: 'broken' });
  await expect(file.draw(2)).rejects.toMatchObject({ problem: 'broken' });
  expect(worker.isEnded).toBe(false);

  answer = () => undefined;
  const drawing = expect(file.draw(3)).rejects.toMatchObject({ problem: 'slow' });
  await vi.advanceTimersByTimeAsync(20_000);

  await drawing;
  expect(worker.isEnded).toBe(true);
});

test('a worker that cannot be made, or does not load, is this browser’s', async () => {
  const makeWorker = () => {
    throw new Error('SecurityError');
  };
  await expect(PdfFile.open(FILE, { ...host, makeWorker })).rejects.toMatchObject({ problem: 'unable' });
  answer = (to) => queueMicrotask(() => to.onerror?.());
  await expect(PdfFile.open(FILE, host)).rejects.toMatchObject({ problem: 'unable' });
});

test('a file that is too large is not read', async () => {
  const file = { size: 60_000_000, arrayBuffer: vi.fn() } as unknown as Blob;

  await expect(PdfFile.open(file, host)).rejects.toMatchObject({ problem: 'large' });
  expect(file.arrayBuffer).not.toHaveBeenCalled();
});

test('supplies are given by name, and not without end', async () => {
  const file = await PdfFile.open(FILE, host);
  answer = (to, { kind }) => {
    if (kind !== 'draw') return;
    for (let number = 0; number < 60; number += 1) to.say({ kind: 'wants', name: `H${number}.bcmap` });
    to.say({ kind: 'wants', name: '../../x' });
  };
  const drawing = expect(file.draw(1)).rejects.toMatchObject({ problem: 'slow' });
  await vi.advanceTimersByTimeAsync(20_000);
  await drawing;

  const supplies = worker.asked.filter((request) => request.kind === 'supply');
  expect(loadSupply).toHaveBeenCalledTimes(40);
  expect(supplies.filter(({ bytes }) => bytes === null)).toHaveLength(20);
  expect(supplies).toHaveLength(60);
});
