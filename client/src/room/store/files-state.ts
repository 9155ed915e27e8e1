// The lesson's files, as the chat shows them. What carries and draws them is loaded with the first (classroom/share-files.ts).

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { FileView } from '../../classroom/file-exchange';

export interface FileActions {
  /** Put *files* beside the message that is being written. */
  choose(files: readonly File[]): void;
  /** Offer *files* to the other person. */
  offer(files: readonly File[]): void;
  /** Ask for a file that was offered. */
  fetch(id: string): void;
  /** Nobody wants it any more. */
  stop(id: string): void;
  /** Give a file that is here; null where it is not. */
  read(id: string): Promise<Blob | null>;
}

/** What is done with files; null where the platform shows none. */
export const fileActions = signal<FileActions | null>(null);

export const shownFiles = signal<readonly FileView[]>([]);

/** What draws them; null until it is loaded. */
export const fileParts = signal<{
  readonly FileLine: ComponentType<{ readonly file: FileView }>;
  readonly ChosenFiles: ComponentType;
} | null>(null);

/** What the person has chosen and not sent yet. */
export const chosenFiles = signal<readonly File[]>([]);

/** Why files were left out, in words, until others are chosen. */
export const fileProblem = signal<string | null>(null);
