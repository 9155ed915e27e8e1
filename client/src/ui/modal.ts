// The page's modal windows: native dialogs where the browser has them. In Firefox before 98 and Safari before 15.4 they are
// boxes with the same words, role and keys.

import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

/** How many are open. While one is, a screen reader does not see the rest of the page. */
export const openModals = signal(0);

/** Close the native way, which gives the keyboard back to where it was; elsewhere *onClose* has to. */
export function closeModal(box: { readonly current: HTMLDialogElement | null }, onClose: () => void): void {
  if (typeof box.current?.close === 'function') box.current.close();
  else onClose();
}

/** Open the dialog of *box* for as long as its component stands. A native one closes by itself on Escape; elsewhere
 * *onEscape* has to. */
export function useModal(box: { readonly current: HTMLDialogElement | null }, onEscape?: () => void): void {
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    openModals.value += 1;
    if (typeof dialog.showModal === 'function') dialog.showModal();
    else {
      dialog.setAttribute('open', '');
      if (!dialog.hasAttribute('role')) dialog.setAttribute('role', 'dialog');
      dialog.addEventListener('keydown', ({ key }) => key === 'Escape' && onEscape?.());
      (dialog.querySelector<HTMLElement>('[autofocus]') ?? dialog.querySelector('button'))?.focus();
    }
    return () => {
      openModals.value -= 1;
    };
  }, []);
}
