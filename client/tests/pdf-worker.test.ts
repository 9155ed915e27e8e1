// What the thread that draws a PDF is asked, and answers. The library itself is in the browser's test (tests/browser/test_board.py).

import { beforeEach, expect, test, vi } from 'vitest';
import type { PdfAnswer, PdfRequest } from '../src/classroom/pdf-rules';
import { until } from './until';

interface Options {
  readonly BinaryDataFactory: new () => { fetch(what: { filename: string }): Promise<Uint8Array> };
}

const fake = vi.hoisted(() => ({
  options: {} as Record<string, unknown>,
  problem: null as Error | null,
  width: 595,
  jpegBytes: (quality: number) => quality * 400_000,
}));
vi.mock('pdfjs-dist/legacy/build/pdf.worker.mjs', () => ({}));
vi.mock('pdfjs-dist/legacy/build/pdf.mjs', () => ({
  getDocument: (options: Record<string, unknown>) => {
    fake.options = options;
    const getPage = async () => ({
      getViewport: ({ scale }: { scale: number }) => ({ width: fake.width * scale, height: 842 * scale }),
      render: () => ({ promise: Promise.resolve() }),
      cleanup: () => undefined,
    });
    return {
      promise: fake.problem ? Promise.reject(fake.problem) : Promise.resolve({ numPages: 3, getPage }),
    };
  },
}));

let hear: (event: { data: PdfRequest }) => void = () => undefined;
let said: PdfAnswer[];
vi.stubGlobal('addEventListener', (_: string, listener: typeof hear) => {
  hear = listener;
});
vi.stubGlobal('postMessage', (answer: PdfAnswer) => said.push(answer));
vi.stubGlobal(
  'OffscreenCanvas',
  class {
    getContext = () => ({});
    convertToBlob = async ({ quality }: { quality: number }) =>
      new Blob([new Uint8Array(fake.jpegBytes(quality))]);
  },
);
await import('../src/classroom/pdf-worker');

beforeEach(() => {
  said = [];
  fake.problem = null;
  fake.width = 595;
  fake.jpegBytes = (quality) => quality * 400_000;
});

async function ask(request: PdfRequest): Promise<PdfAnswer | undefined> {
  hear({ data: request });
  await until(() => expect(said).toHaveLength(1));
  return said.pop();
}
const open = () => ask({ kind: 'open', bytes: new ArrayBuffer(8) });

test('a file is opened without its fonts, its forms and any address', async () => {
  expect(await open()).toEqual({ kind: 'opened', pages: 3 });
  expect(fake.options).toMatchObject({
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    useWorkerFetch: false,
  });
});

test('a page is as sharp as fits into a picture', async () => {
  await open();
  const page = await ask({ kind: 'draw', page: 1 });

  expect(page).toMatchObject({ kind: 'drawn', across: 1_076, down: 1_522 });
  expect(page?.kind === 'drawn' && page.jpeg.byteLength).toBe(200_000);
});

test('a page that fits into none, and one without a size, are refused', async () => {
  await open();
  fake.jpegBytes = () => 300_000;
  expect(await ask({ kind: 'draw', page: 1 })).toEqual({ kind: 'refused', problem: 'broken' });
  fake.width = 0;

  expect(await ask({ kind: 'draw', page: 2 })).toEqual({ kind: 'refused', problem: 'broken' });
});

test('a password is told from rubbish', async () => {
  fake.problem = Object.assign(new Error('No password given'), { name: 'PasswordException' });
  expect(await open()).toEqual({ kind: 'refused', problem: 'locked' });
  fake.problem = new Error('Invalid PDF structure');

  expect(await open()).toEqual({ kind: 'refused', problem: 'broken' });
});

test('what the library needs is asked of the page, by its name', async () => {
  await open();
  const supplies = new (fake.options as unknown as Options).BinaryDataFactory();
  const given = supplies.fetch({ filename: 'jbig2.wasm' });
  const none = supplies.fetch({ filename: 'none.bcmap' });
  expect(said.splice(0)).toEqual([
    { kind: 'wants', name: 'jbig2.wasm' },
    { kind: 'wants', name: 'none.bcmap' },
  ]);
  hear({ data: { kind: 'supply', name: 'jbig2.wasm', bytes: Uint8Array.of(7) } });
  hear({ data: { kind: 'supply', name: 'none.bcmap', bytes: null } });

  expect(await given).toEqual(Uint8Array.of(7));
  await expect(none).rejects.toThrow('none.bcmap');
});

test('what two want at once is asked for once, and both get it', async () => {
  await open();
  const supplies = new (fake.options as unknown as Options).BinaryDataFactory();
  const wanted = [supplies.fetch({ filename: 'Adobe-Japan1-UCS2.bcmap' })];
  wanted.push(supplies.fetch({ filename: 'Adobe-Japan1-UCS2.bcmap' }));

  expect(said.splice(0)).toEqual([{ kind: 'wants', name: 'Adobe-Japan1-UCS2.bcmap' }]);

  hear({ data: { kind: 'supply', name: 'Adobe-Japan1-UCS2.bcmap', bytes: Uint8Array.of(7) } });

  expect(await Promise.all(wanted)).toEqual([Uint8Array.of(7), Uint8Array.of(7)]);
});
