// One PDF, opened in a worker of its own. Law: whatever is in the file runs nothing, reaches nothing and holds nothing up: the worker's
// policy forbids it every address, and one that does not answer in time is ended.

import {
  OPEN_MS_MAX,
  PAGE_MS_MAX,
  PDF_BYTES_MAX,
  type PdfAnswer,
  type PdfProblem,
  type PdfRequest,
  readAnswer,
} from './pdf-rules';
import workerUrl from './pdf-worker?worker&url';

/** What the worker needs of the page around it. */
export interface PdfHost {
  readonly makeWorker: (url: string) => Worker;
  /** Load what the library needs besides, by its name; rejects where there is none. */
  readonly loadSupply: (name: string) => Promise<Uint8Array<ArrayBuffer>>;
}

export class PdfRefused extends Error {
  constructor(readonly problem: PdfProblem) {
    super(`the PDF is refused: ${problem}`);
  }
}

/** A file asks for some of them; more are a file that plays with us. */
const SUPPLIES_MAX = 40;

export class PdfFile {
  pages = 0;
  private supplied = 0;
  private answer: ((answer: PdfAnswer) => void) | null = null;

  private constructor(
    private readonly worker: Worker,
    private readonly host: PdfHost,
  ) {
    worker.onmessage = ({ data }) => this.receive(readAnswer(data));
    worker.onerror = () => this.receive({ kind: 'refused', problem: 'unable' });
  }

  /** Open *file*. Rejects with PdfRefused. */
  static async open(file: Blob, host: PdfHost): Promise<PdfFile> {
    if (file.size > PDF_BYTES_MAX) throw new PdfRefused('large');
    const bytes = await file.arrayBuffer().catch(() => {
      throw new PdfRefused('broken');
    });
    const opened = new PdfFile(start(host), host);
    const answer = await opened.ask({ kind: 'open', bytes }, OPEN_MS_MAX, [bytes]);
    if (answer.kind !== 'opened') throw opened.end('broken');
    opened.pages = answer.pages;
    return opened;
  }

  /** Draw the page of this number, from 1 on. Rejects with PdfRefused; the file stays open, unless the page took too long. */
  async draw(page: number): Promise<Extract<PdfAnswer, { kind: 'drawn' }>> {
    const answer = await this.ask({ kind: 'draw', page }, PAGE_MS_MAX);
    if (answer.kind === 'drawn') return answer;
    throw new PdfRefused('broken');
  }

  close(): void {
    this.worker.terminate();
    this.answer = null;
  }

  private async ask(request: PdfRequest, waitMs: number, given: Transferable[] = []): Promise<PdfAnswer> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = await new Promise<PdfAnswer>((resolve) => {
      this.answer = resolve;
      timer = setTimeout(() => resolve({ kind: 'refused', problem: 'slow' }), waitMs);
      this.worker.postMessage(request, given);
    });
    clearTimeout(timer);
    if (answer.kind !== 'refused') return answer;
    const { problem } = answer;
    throw request.kind === 'open' || problem === 'slow' ? this.end(problem) : new PdfRefused(problem);
  }

  private receive(answer: PdfAnswer | null): void {
    if (answer?.kind === 'wants') void this.give(answer.name);
    else if (answer) this.answer?.(answer);
  }

  private async give(name: string): Promise<void> {
    this.supplied += 1;
    const bytes = this.supplied > SUPPLIES_MAX ? null : await this.host.loadSupply(name).catch(() => null);
    const request: PdfRequest = { kind: 'supply', name, bytes };
    this.worker.postMessage(request);
  }

  private end(problem: PdfProblem): PdfRefused {
    this.close();
    return new PdfRefused(problem);
  }
}

function start(host: PdfHost): Worker {
  try {
    return host.makeWorker(workerUrl);
  } catch {
    throw new PdfRefused('unable');
  }
}
