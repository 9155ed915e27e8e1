// A file is offered under its name, with its type, and its address does not stay for ever.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { saveFile } from '../src/room/classroom/save-file';

const anchor = { href: '', download: '', click: vi.fn() };
const revoke = vi.fn();
let saved: Blob | null = null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { createElement: () => anchor });
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    saved = blob as Blob;
    return 'blob:1';
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(revoke);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  ['a.csv', 'text/csv;charset=utf-8'],
  ['a.b.zip', 'application/zip'],
  ['a.apkg', 'application/octet-stream'],
  ['a', 'application/octet-stream'],
])('%s is saved as %s', async (name, type) => {
  saveFile('text', name);

  expect([anchor.href, anchor.download, saved?.type]).toEqual(['blob:1', name, type]);
  expect(anchor.click).toHaveBeenCalled();
  expect(await saved?.text()).toBe('text');
});

test('its address is given up once a slow disk has it', () => {
  saveFile(new Uint8Array([1]), 'a.zip');
  expect(revoke).not.toHaveBeenCalled();

  vi.advanceTimersByTime(60_000);

  expect(revoke).toHaveBeenCalledWith('blob:1');
});
