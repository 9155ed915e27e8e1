// A download that no browser opens by itself.

import { afterEach, expect, test, vi } from 'vitest';
import { saveBlob } from '../src/ui/save-blob';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('whatever the file says it is, it is saved as bytes, under its name', async () => {
  const anchor = { href: '', download: '', click: vi.fn() };
  vi.stubGlobal('document', { createElement: () => anchor });
  const make = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');

  saveBlob(new Blob(['<script>'], { type: 'text/html' }), 'page.html');

  const saved = make.mock.calls[0]?.[0] as Blob;
  expect([saved.type, await saved.text()]).toEqual(['application/octet-stream', '<script>']);
  expect(anchor).toMatchObject({ href: 'blob:x', download: 'page.html' });
  expect(anchor.click).toHaveBeenCalledOnce();
});
