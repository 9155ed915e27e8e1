// The files of a lesson on the tools' line: bytes there, messages here. Loaded with the first file.

import { FileExchange } from './file-exchange';
import { type FileMessage, readFileMessage, writeFileMessage } from './file-messages';
import { openFileStore } from './file-store';
import type { FileToolMessage, ToolMessage } from './tool-frames';
import type { FileTraffic } from './tool-line';

export interface LessonFilesOptions {
  readonly lesson: string;
  readonly clock: () => number;
  /** There is something to send. */
  readonly onReady: () => void;
  readonly onChange: () => void;
  /** Something of theirs was beyond a bound. Called once. */
  readonly onDropped: () => void;
}

export class LessonFiles implements FileTraffic {
  constructor(readonly exchange: FileExchange) {}

  /** Open the files of a lesson, with what is kept of them on this device; never rejects. */
  static async open(options: LessonFilesOptions): Promise<LessonFiles> {
    const store = await openFileStore(options.lesson, options.clock());
    const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
      new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return new LessonFiles(new FileExchange({ ...options, store, digest }));
  }

  get isHeld(): boolean {
    return this.exchange.isHeld;
  }

  open(): void {
    this.exchange.open();
  }

  close(): void {
    this.exchange.close();
  }

  greet(): void {
    this.exchange.greet();
  }

  tick(nowMs: number): void {
    this.exchange.tick(nowMs);
  }

  takeWord(nowMs: number): ToolMessage | null {
    return write(this.exchange.takeWord(nowMs));
  }

  takePiece(): ToolMessage | null {
    return write(this.exchange.takePiece());
  }

  expects(piece: Uint8Array): boolean {
    const message = readFileMessage('file-piece', piece);
    return (
      message?.kind === 'file-piece' &&
      this.exchange.expects(message.id, message.offset, message.bytes.byteLength)
    );
  }

  receive({ kind, bytes }: FileToolMessage, nowMs: number): 'taken' | 'unreadable' | 'flood' {
    const message = readFileMessage(kind, bytes);
    if (!message) return 'unreadable';
    return this.exchange.receive(message, nowMs) ? 'taken' : 'flood';
  }
}

function write(message: FileMessage | null): ToolMessage | null {
  return message && { kind: message.kind, bytes: writeFileMessage(message) };
}
