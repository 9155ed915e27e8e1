// Which page of a PDF one looks at, and how far it is drawn. Law: only what one looks at is drawn, one page after the other.

import { type Signal, signal } from '@preact/signals';
import type { SmallPicture } from '../../classroom/board-pictures';
import { type PdfFile, PdfRefused } from '../../classroom/pdf-file';
import type { PdfProblem } from '../../classroom/pdf-rules';

export interface PdfView {
  /** None before the file is open. */
  readonly pages: number;
  readonly page: number;
  /** The page as a picture; null while it is being drawn. */
  readonly picture: SmallPicture | null;
  readonly problem: PdfProblem | null;
}

type Opened = Pick<PdfFile, 'pages' | 'draw' | 'close'>;

export class PdfPages {
  readonly state: Signal<PdfView> = signal({ pages: 0, page: 1, picture: null, problem: null });
  private opened: Opened | null = null;
  private isDrawing = false;
  private isClosed = false;

  constructor(private readonly open: () => Promise<Opened>) {
    void this.draw();
  }

  /** Look at *page*. */
  show(page: number): void {
    const { pages, page: before } = this.state.peek();
    if (page === before || page < 1 || page > pages) return;
    this.change({ page, picture: null, problem: null });
    if (!this.isDrawing) void this.draw();
  }

  close(): void {
    this.isClosed = true;
    this.opened?.close();
  }

  private async draw(): Promise<void> {
    this.isDrawing = true;
    let drawn = 0;
    while (!this.isClosed && drawn !== this.state.peek().page) {
      drawn = this.state.peek().page;
      const result = await this.drawOne(drawn);
      if (drawn === this.state.peek().page) this.change(result);
    }
    this.isDrawing = false;
  }

  private async drawOne(page: number): Promise<Pick<PdfView, 'picture' | 'problem'>> {
    try {
      this.opened ??= await this.open();
      if (this.isClosed) this.opened.close();
      this.change({ pages: this.opened.pages });
      return { picture: await this.opened.draw(page), problem: null };
    } catch (error) {
      const problem = error instanceof PdfRefused ? error.problem : 'unable';
      // Its worker is ended. For another page there is a new one.
      if (problem === 'slow') this.opened = null;
      return { picture: null, problem };
    }
  }

  private change(changes: Partial<PdfView>): void {
    this.state.value = { ...this.state.peek(), ...changes };
  }
}
