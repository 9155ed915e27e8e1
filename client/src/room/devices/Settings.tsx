// The place of the settings dialog, which is loaded when it is first opened.

import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { loadPart } from '../../base/load-part';

type Props = { readonly onClose: () => void };

const dialog = signal<FunctionComponent<Props> | null>(null);
const isOpen = signal(false);

export async function openSettings(): Promise<void> {
  isOpen.value = true;
  dialog.value ??= (await loadPart(() => import('./SettingsDialog'))).SettingsDialog;
}

export function Settings() {
  const Dialog = dialog.value;
  return isOpen.value && Dialog ? <Dialog onClose={close} /> : null;
}

function close(): void {
  isOpen.value = false;
}
