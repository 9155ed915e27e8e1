// What a PDF needs besides itself comes from our own origin, by its name.

import { afterEach, expect, test, vi } from 'vitest';
import { loadSupply } from '../src/room/classroom/pdf-supply';

afterEach(() => vi.unstubAllGlobals());

test('it is loaded from beside the scripts', async () => {
  const fetch = vi.fn(async (_address: URL) => new Response(Uint8Array.of(1, 2)));
  vi.stubGlobal('fetch', fetch);

  expect(await loadSupply('jbig2.wasm')).toEqual(Uint8Array.of(1, 2));
  expect(fetch.mock.calls[0]?.[0].pathname).toMatch(/\/pdf\/jbig2\.wasm$/);
});

test('what is not there is said', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));

  await expect(loadSupply('none.bcmap')).rejects.toThrow('404');
});
