// A native dialog where there is one; Firefox before 98 and Safari before 15.4 get a box with the same words.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import './Dialog.css';

interface DialogProps {
  readonly title: string;
  readonly part: string;
  /** An element with the id `{part}-text` says what it is about. */
  readonly hasDescription?: boolean;
  readonly children: ComponentChildren;
}

/** Show a question that cannot be closed without an answer: Escape does nothing. */
export function Dialog({ title, part, hasDescription = false, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    if (typeof dialog.showModal === 'function') dialog.showModal();
    else dialog.setAttribute('open', '');
    const keep = () => dialog.isConnected && dialog.showModal();
    // Chrome closes on a second Escape whatever `cancel` was told: a question is not answered by going away.
    dialog.addEventListener('close', keep);
    return () => dialog.removeEventListener('close', keep);
  }, []);
  return (
    <dialog
      ref={box}
      class="dialog"
      // Old browsers know no dialog element: there the role says it.
      role="alertdialog"
      aria-modal="true"
      aria-labelledby={`${part}-title`}
      aria-describedby={hasDescription ? `${part}-text` : undefined}
      data-part={part}
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id={`${part}-title`}>{title}</h2>
      {children}
    </dialog>
  );
}
