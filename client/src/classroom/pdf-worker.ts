// Draws pages of one PDF, on a thread that can be ended. Law: nothing of the file runs, and its policy allows this thread no address
// (web/assets.py): what the library needs besides the file is asked of the page by name.

import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
// The library's second half: it finds it here, and starts no thread of its own.
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
import { PICTURE_BYTES_MAX } from './board-shapes';
import { measurePage, type PdfAnswer, type PdfProblem, type PdfRequest, QUALITIES } from './pdf-rules';

/** A picture of more pixels in a page is left out: each is four bytes. */
const IMAGE_PIXELS_MAX = 40_000_000;

/** Who waits for a file, by its name: two fonts of a page may want the same table at once. */
const supplies = new Map<string, ((bytes: Uint8Array | null) => void)[]>();
let opened: PDFDocumentProxy | null = null;

/** Gives the library what stands in files beside it. */
class Supplies {
  fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const take = (bytes: Uint8Array | null) =>
        bytes ? resolve(bytes.slice()) : reject(new Error(`no ${filename}`));
      const waiting = supplies.get(filename);
      supplies.set(filename, [...(waiting ?? []), take]);
      if (!waiting) answer({ kind: 'wants', name: filename });
    });
  }
}

/** Where to draw, without a document. */
class Canvases {
  create(width: number, height: number) {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) };
  }

  reset({ canvas }: { readonly canvas: OffscreenCanvas }, width: number, height: number): void {
    [canvas.width, canvas.height] = [width, height];
  }

  destroy(made: { canvas: OffscreenCanvas | null; context: unknown }): void {
    if (made.canvas) made.canvas.width = made.canvas.height = 0;
    made.canvas = made.context = null;
  }

  getNoAlphaContext(canvas: OffscreenCanvas) {
    return canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  }
}

/** Filters of SVG need a document: without them a rare page loses an effect of its colours. */
class NoFilters {
  private readonly none = () => 'none';
  readonly addFilter = this.none;
  readonly addHCMFilter = this.none;
  readonly addAlphaFilter = this.none;
  readonly addLuminosityFilter = this.none;
  readonly addKnockoutFilter = this.none;
  readonly addHighlightHCMFilter = this.none;
  readonly addSelectionHCMFilter = this.none;
  readonly addSelectionFilter = this.none;
  readonly createSelectionStyle = () => null;
  readonly destroy = () => undefined;
}

/** The library names these addresses; `Supplies` sees only what stands behind them. */
const FOLDER = 'pdf/';

async function open(bytes: ArrayBuffer): Promise<void> {
  opened = await getDocument({
    data: new Uint8Array(bytes),
    ownerDocument: {} as Document,
    BinaryDataFactory: Supplies,
    CanvasFactory: Canvases,
    FilterFactory: NoFilters,
    cMapUrl: FOLDER,
    standardFontDataUrl: FOLDER,
    wasmUrl: FOLDER,
    useWorkerFetch: false,
    // Letters are drawn as lines: the browser parses no font of a stranger.
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: IMAGE_PIXELS_MAX,
    isImageDecoderSupported: false,
    verbosity: 0,
  }).promise;
  answer({ kind: 'opened', pages: opened.numPages });
}

async function draw(number: number): Promise<void> {
  const page = await opened?.getPage(number);
  const sheet = page?.getViewport({ scale: 1 });
  const size = sheet && measurePage(sheet.width, sheet.height);
  if (!page || !size) throw new Error('a page without a size');
  const canvas = new OffscreenCanvas(size.across, size.down);
  await page.render({
    canvas: canvas as unknown as HTMLCanvasElement,
    canvasContext: canvas.getContext('2d', { alpha: false }) as unknown as CanvasRenderingContext2D,
    viewport: page.getViewport({ scale: size.scale }),
    // What a form shows, without what one fills in.
    annotationMode: 1,
  }).promise;
  page.cleanup();
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size > PICTURE_BYTES_MAX) continue;
    const jpeg = new Uint8Array(await blob.arrayBuffer());
    answer({ kind: 'drawn', jpeg, across: size.across, down: size.down });
    return;
  }
  throw new Error('a page of more than a picture may have');
}

function answer(message: PdfAnswer): void {
  postMessage(message);
}

function problemOf(error: unknown): PdfProblem {
  if (typeof OffscreenCanvas === 'undefined') return 'unable';
  return error instanceof Error && error.name === 'PasswordException' ? 'locked' : 'broken';
}

addEventListener('message', ({ data }: MessageEvent<PdfRequest>) => {
  if (data.kind === 'supply') {
    const waiting = supplies.get(data.name) ?? [];
    supplies.delete(data.name);
    for (const take of waiting) take(data.bytes);
    return;
  }
  const done = data.kind === 'open' ? open(data.bytes) : data.kind === 'draw' ? draw(data.page) : null;
  done?.catch((error: unknown) => answer({ kind: 'refused', problem: problemOf(error) }));
});
