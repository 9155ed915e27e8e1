// What was said in the lesson, as captions wrote it: both people's lines, and what each is still saying. Pure. The take-home file
// has the lines.

import type { Caption } from './caption-frame';

export interface CaptionLine {
  /** Whether this page's own person said it. */
  readonly isOwn: boolean;
  readonly language: string;
  readonly text: string;
  /** When it was complete, Unix ms by this page's clock. */
  readonly atMs: number;
  /** Counts the lines of this log, also those that are no longer kept. */
  readonly key: number;
}

export interface CaptionLog {
  readonly lines: readonly CaptionLine[];
  /** What each is saying now; null while they say nothing. */
  readonly own: Caption | null;
  readonly theirs: Caption | null;
  /** How many lines there have been. */
  readonly count: number;
}

/** Two hours of two people who never stop. The oldest lines go first. */
export const LINES_MAX = 2_000;

export const EMPTY_LOG: CaptionLog = { lines: [], own: null, theirs: null, count: 0 };

/** Take in what one of the two says. An interim caption whose end never came becomes a line when the next one begins. */
export function receiveCaption(log: CaptionLog, isOwn: boolean, caption: Caption, nowMs: number): CaptionLog {
  const before = isOwn ? log.own : log.theirs;
  const isNext = before !== null && before.number !== caption.number;
  const settled = isNext ? addLine(log, isOwn, before, nowMs) : log;
  const added = caption.isFinal ? addLine(settled, isOwn, caption, nowMs) : settled;
  const rest = caption.isFinal || caption.text === '' ? null : caption;
  return isOwn ? { ...added, own: rest } : { ...added, theirs: rest };
}

function addLine(log: CaptionLog, isOwn: boolean, caption: Caption, nowMs: number): CaptionLog {
  const { language, text } = caption;
  if (text === '') return log;
  const line: CaptionLine = { isOwn, language, text, atMs: nowMs, key: log.count };
  return { ...log, lines: [...log.lines, line].slice(-LINES_MAX), count: log.count + 1 };
}
