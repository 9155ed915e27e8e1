// Two pages with one document, over a channel that drops and comes back, in the time of the test.

import fc from 'fast-check';
import { vi } from 'vitest';
import { DocumentSync } from '../src/classroom/document-sync';
import { LessonDocument } from '../src/classroom/lesson-document';
import { ToolLine } from '../src/classroom/tool-line';
import { FakeWire } from './fake-channel';

/** One person's page; what it keeps outlives a reload. */
export class ToolPage {
  readonly notices: string[] = [];
  readonly document = new LessonDocument((update, isOwn) => {
    this.kept.push(update);
    if (!isOwn) return;
    this.sync.addEdit(update);
    this.line.send();
  });
  readonly sync = new DocumentSync(this.document, (notice) => this.notices.push(notice), Date.now());
  readonly line = new ToolLine(
    this.sync,
    Date.now,
    (notice) => this.notices.push(notice),
    () => undefined,
  );

  constructor(readonly kept: Uint8Array[] = []) {
    for (const update of [...kept]) this.document.restore(update);
  }
}

/** Join *pages* by a new wire, and open it. */
export function join(pages: readonly [ToolPage, ToolPage], delayMs = 40, bytesPerMs?: number): FakeWire {
  const wire = new FakeWire(delayMs, bytesPerMs);
  pages[0].line.use(wire.ends[0]);
  pages[1].line.use(wire.ends[1]);
  wire.open();
  return wire;
}

export const side = fc.constantFrom(0 as const, 1 as const);

/** What happens to the channel, and to the pages at its ends. */
export const lineStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(3_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), loudly: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), delayMs: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deafen' as const), isDeaf: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const), side }) },
);
export type LineStep = typeof lineStep extends fc.Arbitrary<infer T> ? T : never;

/** Two pages, and the wire between them. */
export class TwoPages<Page extends ToolPage> {
  readonly pages: [Page, Page];
  private wire: FakeWire;

  constructor(private readonly make: (kept?: Uint8Array[]) => Page) {
    this.pages = [make(), make()];
    this.wire = join(this.pages);
  }

  play(step: LineStep): void {
    if (step.do === 'pass') vi.advanceTimersByTime(step.ms);
    else if (step.do === 'cut') this.wire.cut(step.loudly);
    else if (step.do === 'deafen') this.wire.isDeaf = step.isDeaf;
    else if (step.do === 'join') this.wire = join(this.pages, step.delayMs);
    else {
      this.wire.cut(true);
      const { line, kept } = this.pages[step.side];
      line.stop();
      this.pages[step.side] = this.make(kept);
    }
  }

  /** Join them once more, and give them time to compare. */
  meet(): [Page, Page] {
    this.wire.isDeaf = false;
    this.wire.cut(true);
    join(this.pages);
    vi.advanceTimersByTime(15_000);
    for (const { line } of this.pages) line.stop();
    return this.pages;
  }
}
