// Files that are dropped on the page, or pasted into the message. Law: a file that misses its place never takes the call's page away.

import { signal } from '@preact/signals';
import { fileActions } from '../store/files-state';
import { openToWrite } from '../store/panel-state';

/** Files are held over the page. */
export const isDropNear = signal(false);

/** Take files that are dropped anywhere where no other tool wants them. */
export function takeDrops(): void {
  document.addEventListener('dragover', (event) => {
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    isDropNear.value = true;
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) isDropNear.value = false;
  });
  document.addEventListener('drop', (event) => {
    isDropNear.value = false;
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    const files = filesOf(event.dataTransfer);
    if (files.length === 0) return;
    openToWrite();
    fileActions.value?.choose(files);
  });
}

/** Take files from a paste. A word processor brings a picture of the text beside the text: then the text is meant. */
export function takePaste(event: ClipboardEvent): void {
  const { clipboardData } = event;
  const files = filesOf(clipboardData);
  if (!fileActions.value || files.length === 0 || clipboardData?.getData('text/plain')) return;
  event.preventDefault();
  fileActions.value.choose(files);
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}

/** The files of *transfer*, without folders: those can be read by nobody here. */
export function filesOf(transfer: DataTransfer | null): File[] {
  const items = Array.from(transfer?.items ?? []).filter(({ kind }) => kind === 'file');
  const isFile = (item: DataTransferItem) => item.webkitGetAsEntry?.()?.isDirectory !== true;
  return items.filter(isFile).flatMap((item) => item.getAsFile() ?? []);
}
